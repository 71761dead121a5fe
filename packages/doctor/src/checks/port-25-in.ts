// Do our doors open? From here to both sites: for the own one the way may end at a router that does not turn round, so the other
// site's answer about it is worth more.
import type { DoctorSite } from '../doctor-options.ts';
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

export const port25In: Check = {
  name: 'port-25-in',
  run: async (look) =>
    (await Promise.all(look.options.sites.map(async (site) => doorOf(look, site)))).flat(),
};

async function doorOf(look: Look, site: DoctorSite): Promise<readonly Finding[]> {
  const say = about('port-25-in', site.hostname);
  const doors = await look.doorsOf(site);
  if (doors.kind === 'unknown') return [say.unknown(`Its address is not known: ${doors.why}`)];
  if (doors.kind === 'nothing')
    return [
      say.problem('It has no address.', `Write an A record (and AAAA) for ${site.hostname}.`),
    ];
  return doors.value.map((door): Finding => {
    if (door.kind === 'open') return say.fine(`${door.at} answers: ${door.greeting}`);
    const isOurOwn = site.name === look.ours.name;
    if (isOurOwn && door.phase === 'connect')
      return say.unknown(
        `${door.at} cannot be reached from here: ${door.why}`,
        'From inside this may be the router, which does not turn round; ask at the other site.',
      );
    return say.problem(
      `${door.at} does not open: ${door.why}`,
      `Look whether ${site.name} runs (restante status), then at firewalls and at the provider: port 25 must come in.`,
    );
  });
}
