// The certificates our doors show to who says STARTTLS: whose names, until when, and whether anybody believes them.
import type { DoctorSite } from '../doctor-options.ts';
import type { Finding } from '../doctor.ts';
import type { Door } from '../door.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

const dayMs = 86_400_000;

export const certificate: Check = {
  name: 'certificate',
  run: async (look) =>
    (await Promise.all(look.options.sites.map(async (site) => shownAt(look, site)))).flat(),
};

async function shownAt(look: Look, site: DoctorSite): Promise<readonly Finding[]> {
  const say = about('certificate', site.hostname);
  const doors = await look.doorsOf(site);
  const open = doors.kind === 'found' ? doors.value.filter(({ kind }) => kind === 'open') : [];
  if (open.length === 0) return [say.unknown('The door could not be looked at.')];
  const findings = open.flatMap((door) => judge(look, site, door));
  // All addresses of a door mostly show the same.
  return [...new Map(findings.map((each) => [each.found, each])).values()];
}

function judge({ options }: Look, site: DoctorSite, door: Door): readonly Finding[] {
  if (door.kind !== 'open') return [];
  const { hostname } = site;
  const say = about('certificate', hostname);
  const leaf = door.shown?.chain[0];
  if (door.shown === undefined || leaf === undefined)
    return [
      say.problem(
        'STARTTLS is not offered: mail comes in clear text, or not at all.',
        'Give the site a certificate: [certificates] of the cluster file.',
      ),
    ];
  const remedy = 'See [certificates] of the cluster file and restante certificate show.';
  const leftMs = leaf.validToDate.getTime() - options.clock.now();
  const days = Math.floor(leftMs / dayMs);
  const { certificateSoonMs } = options.settings;
  if (leftMs < 0) return [say.problem(`It ended ${-days} days ago.`, remedy)];
  if (leaf.checkHost(hostname) === undefined)
    return [
      say.problem(
        `It is for ${(leaf.subjectAltName ?? leaf.subject).slice(0, 200)}, not for ${hostname}.`,
        remedy,
      ),
    ];
  if (leftMs < certificateSoonMs) return [say.problem(`It ends in ${days} days.`, remedy)];
  if (!door.shown.isTrusted) {
    const sentence = `Nobody vouches for it (${door.shown.problem ?? 'not trusted'}); it is valid for ${days} days.`;
    // RFC 8461 §4.2: who follows our own promise must refuse such a certificate.
    return options.mtaSts.mode === 'enforce'
      ? [say.problem(`${sentence} Our MTA-STS promise says otherwise.`, remedy)]
      : [say.notice(`${sentence} Mail comes encrypted, from strict senders not at all.`, remedy)];
  }
  return leftMs < 2 * certificateSoonMs
    ? [say.notice(`It ends in ${days} days and has not been renewed yet.`, remedy)]
    : [say.fine(`Valid for ${days} days, for ${hostname}.`)];
}
