// What others are asked to do with mail in our name that is not ours, and whether reports can reach whom they should (RFC 9989).
import { createDmarc } from '@restante/sender-auth';
import { asked } from '../ask-dns.ts';
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

export const dmarc: Check = {
  name: 'dmarc',
  run: async (look) =>
    (await Promise.all(look.homeDomains.map(async ({ name }) => policyOf(look, name)))).flat(),
};

async function policyOf(look: Look, domain: string): Promise<readonly Finding[]> {
  const { resolver, settings } = look.options;
  const say = about('dmarc', domain);
  const remedy = `Write a TXT record at _dmarc.${domain}: restante domain dns ${domain}.`;
  const answer = await createDmarc({ resolver, budgetMs: settings.budgetMs }).check(
    { fromDomains: [domain], spf: { result: 'none', domain: '' }, dkim: [] },
    look.signal,
  );
  switch (answer.result) {
    case 'none':
      return [say.problem('There is no DMARC record: anybody may write in our name.', remedy)];
    case 'permerror':
      return [say.problem(`The record is wrong: ${answer.problem ?? 'permerror'}`, remedy)];
    case 'temperror':
      return [say.unknown(`It could not be looked up: ${answer.problem ?? 'DNS did not answer'}`)];
    default:
  }
  const { policy, reportTo = [], recordAt = domain } = answer;
  const at = recordAt === domain ? '' : ` (at ${recordAt})`;
  if (reportTo.length === 0)
    return [
      say.notice(
        `Asks for "${policy}"${at}, and for no reports: nobody tells you who writes in your name.`,
        `Add "rua=mailto:postmaster@${domain}" to the record.`,
      ),
    ];
  const refused = await Promise.all(
    reportTo.map(async (uri) => refusedReports(look, { uri, domain: recordAt })),
  );
  const told = refused.filter((finding) => finding !== undefined);
  if (told.length > 0) return told;
  return policy === 'none'
    ? [
        say.notice(
          `Asks for nothing (p=none)${at}; reports go to ${reportTo.join(' ')}.`,
          'When the reports show only mail of yours failing nowhere, ask for p=quarantine, later p=reject.',
        ),
      ]
    : [say.fine(`Asks for "${policy}"${at}; reports go to ${reportTo.join(' ')}.`)];
}

/** RFC 9990 §4: who is named as the reader of another domain's reports has to say that he wants them. */
async function refusedReports(
  { options }: Look,
  { uri, domain }: { readonly uri: string; readonly domain: string },
): Promise<Finding | undefined> {
  const say = about('dmarc', domain);
  const host = /^mailto:[^@!]+@([a-z0-9.-]+)/i.exec(uri)?.[1]?.toLowerCase();
  if (host === undefined)
    return say.problem(
      `Reports should go to ${uri}, which is no mail address.`,
      `Write "rua=mailto:postmaster@${domain}".`,
    );
  // The same name, or one above or below: the same organization, as far as it can be seen from the names.
  if (host === domain || host.endsWith(`.${domain}`) || domain.endsWith(`.${host}`))
    return undefined;
  const name = `${domain}._report._dmarc.${host}`;
  const found = await asked(options.resolver.resolve(name, 'TXT'));
  if (found.kind === 'unknown') return say.unknown(`${name} could not be looked up: ${found.why}`);
  const isWanted =
    found.kind === 'found' && found.value.some((parts) => /^v=DMARC1\b/.test(parts.join('')));
  return isWanted
    ? undefined
    : say.problem(
        `Reports should go to ${host}, which does not say that it wants them.`,
        `Write "${name}. TXT "v=DMARC1"", or name an address of ${domain}.`,
      );
}
