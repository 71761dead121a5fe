// The MX records of our domains: the home first, its backups behind it, nobody else, and names that are hosts (RFC 5321 §5.1).
import { asked } from '../ask-dns.ts';
import type { DoctorDomain } from '../doctor-options.ts';
import type { Finding } from '../doctor.ts';
import { about, words } from '../finding.ts';
import type { Check, Look } from '../look.ts';

const daySeconds = 86_400;

export const mx: Check = {
  name: 'mx',
  run: async (look) =>
    (
      await Promise.all(look.options.domains.map(async (domain) => exchangesOf(look, domain)))
    ).flat(),
};

async function exchangesOf(look: Look, domain: DoctorDomain): Promise<readonly Finding[]> {
  const say = about('mx', domain.name);
  const wanted = domain.sites.flatMap((name) => look.siteNamed(name)?.hostname ?? []);
  const remedy = `The records should be ${words(wanted.map((host, at) => `"${domain.name}. MX ${(at + 1) * 10} ${host}."`))}: restante domain dns ${domain.name}.`;
  const found = await asked(look.options.resolver.resolveDetailed(domain.name, 'MX'));
  if (found.kind === 'unknown') return [say.unknown(`They could not be looked up: ${found.why}`)];
  if (found.kind === 'nothing') return [say.problem('There are no MX records.', remedy)];
  const { records, ttlSeconds } = found.value;
  const inOrder = records.toSorted((one, other) => one.priority - other.priority);
  const shown = words(inOrder.map(({ priority, exchange }) => `${priority} ${exchange}`));
  const preferenceOf = (host: string) =>
    inOrder.find(({ exchange }) => exchange === host)?.priority;
  const missing = wanted.filter((host) => preferenceOf(host) === undefined);
  if (missing.length > 0)
    return [say.problem(`They are ${shown}; ${words(missing)} is missing.`, remedy)];
  const preferences = wanted.map((host) => preferenceOf(host) ?? 0);
  const isOrdered = preferences.every((each, at) => at === 0 || (preferences[at - 1] ?? 0) < each);
  if (!isOrdered)
    return [say.problem(`They are ${shown}: the home is not before its backups.`, remedy)];
  const known = new Set([...wanted, domain.homeHost]);
  const others = inOrder.filter(({ exchange }) => !known.has(exchange));
  const findings = await Promise.all(wanted.map(async (host) => isAlias(look, { host, say })));
  if (others.length > 0)
    findings.push(
      say.notice(
        `They are ${shown}; ${words(others.map(({ exchange }) => exchange))} is none of ours.`,
        `Mail that goes there is not judged and kept by us. ${remedy}`,
      ),
    );
  // A low number may be what is left of a larger one in somebody's cache: only a high one says something.
  if (ttlSeconds > daySeconds)
    findings.push(
      say.notice(
        `They are kept for ${Math.round(ttlSeconds / 3600)} hours: a change takes as long.`,
        'An hour is a good time to live for MX records.',
      ),
    );
  const told = findings.filter((finding) => finding !== undefined);
  return told.length > 0 ? told : [say.fine(`They are ${shown}.`)];
}

/** RFC 2181 §10.3: the name in an MX record is never an alias; some servers do not find it then. */
async function isAlias(
  { options }: Look,
  { host, say }: { readonly host: string; readonly say: ReturnType<typeof about> },
): Promise<Finding | undefined> {
  const alias = await asked(options.resolver.resolve(host, 'CNAME'));
  if (alias.kind !== 'found') return undefined;
  return say.problem(
    `${host} is an alias (CNAME) of ${words(alias.value)}.`,
    `Replace the CNAME of ${host} with A and AAAA records.`,
  );
}
