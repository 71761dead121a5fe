// The keys we sign with, against the records others check with (RFC 6376 §3.6.1).
import { checkRecords } from '@restante/client-settings';
import { recordOf } from '@restante/dkim';
import type { DkimKey } from '@restante/dkim';
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

export const dkim: Check = {
  name: 'dkim',
  async run(look) {
    const { dkimKeys } = look.options;
    if (dkimKeys === undefined)
      return [about('dkim', 'keys').unknown('This site has no keys.', 'restante dkim make DOMAIN')];
    const findings = await Promise.all(
      look.homeDomains.map(async ({ name, sites }) => {
        const keys = await dkimKeys.keysOf(name);
        if (keys.some((key) => dkimKeys.stateOf(key) === 'signing'))
          return Promise.all(keys.map(async (key) => recordFinding(look, key)));
        return [noKey(name, { isHome: sites[0] === look.ours.name })];
      }),
    );
    return findings.flat().filter((finding) => finding !== undefined);
  },
};

function noKey(domain: string, { isHome }: { readonly isHome: boolean }): Finding {
  const say = about('dkim', domain);
  return isHome
    ? say.problem(
        'This site has no key that signs: mail of the domain leaves unsigned.',
        `restante dkim make ${domain}`,
      )
    : say.notice(
        'This site, a backup of the domain, has no key of it: what it sends in its name itself is unsigned.',
        `Bring the keys along: restante dkim export ${domain} at its home, restante dkim import here.`,
      );
}

async function recordFinding({ options }: Look, key: DkimKey): Promise<Finding | undefined> {
  const state = options.dkimKeys?.stateOf(key);
  if (state === undefined || state === 'retired') return undefined;
  const { name, value } = recordOf(key);
  const say = about('dkim', name);
  const record = { name, type: 'TXT', text: value, need: 'needed', why: '' } as const;
  const [found] = await checkRecords([record], options.resolver);
  const remedy = `Write the TXT record of ${name}: restante dkim show ${key.domain}, or restante domain dns ${key.domain}.`;
  switch (found?.state) {
    case 'there':
      return say.fine(`The record is that of our key, which is ${wordOf[state]}.`);
    case 'missing':
      return state === 'coming'
        ? say.problem(
            `There is no record yet, and the key signs from ${new Date(key.signsFromMs).toISOString().slice(0, 16)}Z on.`,
            remedy,
          )
        : state === 'ended'
          ? say.notice(
              'There is no record any more; mail signed with the key may still be on its way.',
              remedy,
            )
          : say.problem('There is no record: our signatures prove nothing.', remedy);
    case 'differs':
      return say.problem(`Another key stands there: our signatures count as forged.`, remedy);
    default:
      return say.unknown(`It could not be looked up: ${found?.why ?? 'no answer'}`);
  }
}

const wordOf = {
  coming: 'published before it signs',
  signing: 'in use',
  ended: 'not in use any more',
} as const;
