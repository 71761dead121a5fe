// Is one of our addresses, host names or domains on a list that we ask about others? Each site asks about all of them: lists
// differ by who asks, and the other site may be the one that is cut off.
import type { ListLookup } from '@restante/block-lists';
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import { publicOnes } from '../look.ts';
import type { Check } from '../look.ts';

export const listed: Check = {
  name: 'listed',
  async run(look) {
    const { lists, sites, domains } = look.options;
    const say = about('listed', 'all lists');
    if (lists === undefined)
      return [say.unknown('No lists are configured.', 'Name some in [block_lists].')];
    const found = await Promise.all(sites.map(async (site) => look.addressesOf(site)));
    const addresses = found.flatMap((each) =>
      each.kind === 'found' ? publicOnes(each.value) : [],
    );
    const names = [...sites.map(({ hostname }) => hostname), ...domains.map(({ name }) => name)];
    const subjects = [...new Set([...addresses, ...names])];
    const answers = await Promise.all(
      subjects.map(async (subject) =>
        (await lists.lookUp(subject)).map((lookup) => toFinding(subject, lookup)),
      ),
    );
    const findings = answers.flat();
    // One line for each list that could not be asked, not one for each of our names.
    const unlike = new Map(findings.map((each) => [`${each.subject} ${each.found}`, each]));
    if (unlike.size === 0)
      return [
        say.unknown(
          'No list was asked: none is configured, or the sites have no public address.',
          'Name some in [block_lists].',
        ),
      ];
    return [...unlike.values()];
  },
};

function toFinding(subject: string, lookup: ListLookup): Finding {
  const { zone } = lookup;
  const say = about('listed', `${subject} on ${zone}`);
  switch (lookup.state) {
    case 'clean':
      return say.fine('Not listed.');
    case 'unknown':
      return about('listed', zone).unknown(
        lookup.why,
        'Until the list is mended, nobody here knows whether we are on it.',
      );
    case 'listed': {
      const { code, points, meaning, text } = lookup.hit;
      const why = [meaning, text].filter((part) => part !== undefined).join('; ');
      const found = `Listed (${code})${why === '' ? '' : `: ${why}`}.`;
      if (points <= 0) return say.fine(`${found.slice(0, -1)}, as a good sender.`);
      return say.problem(
        found,
        `Find out what was sent (restante doctor at both sites, the log, restante queue list), stop it, then ask ${zone} to remove the entry${text === undefined ? '' : ' at the address it names'}.`,
      );
    }
  }
}
