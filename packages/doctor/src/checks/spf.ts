// Mail in the name of a domain leaves from every site that serves it: SPF must cover all of them (RFC 7208). Asked as a receiver
// asks, one address after the other.
import { createSpf } from '@restante/sender-auth';
import type { Spf } from '@restante/sender-auth';
import type { DoctorSite } from '../doctor-options.ts';
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import { publicOnes } from '../look.ts';
import type { Check, Look } from '../look.ts';

export const spf: Check = {
  name: 'spf',
  async run(look) {
    const { options, ours } = look;
    const { resolver, clock, settings } = options;
    const { budgetMs } = settings;
    const checker = createSpf({ resolver, hostname: ours.hostname, clock, budgetMs });
    const exits = options.sites;
    const findings = await Promise.all([
      ...look.homeDomains.map(async ({ name }) =>
        Promise.all(exits.map(async (site) => domainAt(look, { checker, domain: name, site }))),
      ),
      greetingOf(look, checker),
    ]);
    return findings.flat(2);
  },
};

interface Question {
  readonly checker: Spf;
  readonly domain: string;
  readonly site: DoctorSite;
}

async function domainAt(look: Look, { checker, domain, site }: Question) {
  const say = about('spf', `${domain} from ${site.name}`);
  const found = await look.addressesOf(site);
  if (found.kind === 'unknown')
    return [say.unknown(`The addresses of ${site.hostname} are not known: ${found.why}`)];
  const addresses = found.kind === 'found' ? publicOnes(found.value) : [];
  if (addresses.length === 0)
    return [
      say.notice(
        `${site.hostname} has no public address to look for.`,
        'For more than a trial: give it one in DNS.',
      ),
    ];
  const remedy = `The TXT record of ${domain} should have "a:${site.hostname}" in it: restante domain dns ${domain}.`;
  return Promise.all(
    addresses.map(async (clientAddress): Promise<Finding> => {
      const answer = await checker.check(
        { clientAddress, helo: site.hostname, sender: `postmaster@${domain}` },
        look.signal,
      );
      switch (answer.result) {
        case 'pass':
          return say.fine(`Covers ${clientAddress} (${answer.mechanism ?? 'pass'}).`);
        case 'temperror':
          return say.unknown(`It could not be asked: ${answer.problem ?? 'DNS did not answer'}`);
        case 'none':
          return say.problem('The domain has no SPF record.', remedy);
        case 'permerror':
          return say.problem(`The record is wrong: ${answer.problem ?? 'permerror'}`, remedy);
        default:
          return say.problem(
            `It does not cover ${clientAddress} (${answer.result}): mail from there counts as forged.`,
            remedy,
          );
      }
    }),
  );
}

/** RFC 7208 §2.3: reports have no sender; then the greeting's name is asked. That it has no record is fine. */
async function greetingOf(look: Look, checker: Spf): Promise<readonly Finding[]> {
  const { hostname } = look.ours;
  const say = about('spf', hostname);
  const found = await look.addressesOf(look.ours);
  if (found.kind !== 'found') return [];
  const answers = await Promise.all(
    publicOnes(found.value).map(async (clientAddress) =>
      checker.check({ clientAddress, helo: hostname, sender: '' }, look.signal),
    ),
  );
  return answers
    .filter(({ result }) => result === 'fail' || result === 'softfail' || result === 'permerror')
    .map(({ result }) =>
      say.problem(
        `The name we greet with has an SPF record that does not cover us (${result}): reports are refused.`,
        `Write "${hostname}. TXT "v=spf1 a -all"".`,
      ),
    );
}
