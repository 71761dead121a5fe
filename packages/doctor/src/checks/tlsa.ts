// TLSA records of our doors, if there are any, must be those of the certificates shown: who follows them refuses us otherwise
// (RFC 7672 §2.2).
import { isUsableTlsa, judgeDane } from '@restante/transport-security';
import { asked } from '../ask-dns.ts';
import type { DoctorSite } from '../doctor-options.ts';
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

export const tlsa: Check = {
  name: 'tlsa',
  run: async (look) =>
    (await Promise.all(look.options.sites.map(async (site) => recordsOf(look, site)))).flat(),
};

async function recordsOf(look: Look, site: DoctorSite): Promise<readonly Finding[]> {
  const name = `_25._tcp.${site.hostname}`;
  const say = about('tlsa', name);
  const found = await asked(look.options.resolver.resolveDetailed(name, 'TLSA'));
  if (found.kind === 'unknown') return [say.unknown(`They could not be looked up: ${found.why}`)];
  if (found.kind === 'nothing') return [say.fine('There are none, so nobody expects anything.')];
  const { records, isAuthenticated } = found.value;
  const usable = records.filter(isUsableTlsa);
  const remedy = `Write a record of the key that is used ("3 1 1" and its SHA-256), or remove them all: restante certificate show.`;
  if (usable.length === 0)
    return [say.problem('None of them means anything for mail (only usages 2 and 3 do).', remedy)];
  const doors = await look.doorsOf(site);
  const open = doors.kind === 'found' ? doors.value.filter(({ kind }) => kind === 'open') : [];
  if (open.length === 0)
    return [say.unknown('The door could not be looked at, so neither could its certificate.')];
  const nowMs = look.options.clock.now();
  const findings = open.flatMap((door) => {
    if (door.kind !== 'open') return [];
    if (door.shown === undefined)
      return [say.problem(`${door.at} offers no TLS, and the records demand it.`, remedy)];
    const refusal = judgeDane(door.shown, { records: usable, names: [site.hostname], nowMs });
    return refusal === undefined
      ? []
      : [say.problem(`They do not name the certificate of ${door.at}: ${refusal.message}`, remedy)];
  });
  if (findings.length > 0) return findings;
  return isAuthenticated
    ? [say.fine(`${usable.length} of them, and the certificate is named.`)]
    : [
        say.notice(
          'They name the certificate, but our resolver did not validate them.',
          `Sign the zone (DNSSEC), or nobody follows them; or let this site ask a resolver that validates.`,
        ),
      ];
}
