// Do we get out? Many providers close port 25 to their customers; mail then waits and waits.
import { isIP } from 'node:net';
import { splitHostPort } from '@restante/config';
import { asked } from '../ask-dns.ts';
import type { Finding } from '../doctor.ts';
import { lookAtDoor } from '../door.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

export const port25Out: Check = {
  name: 'port-25-out',
  async run(look) {
    const { outbound } = look.options.settings;
    if (outbound.length === 0)
      return [
        about('port-25-out', look.ours.hostname).unknown(
          'Nobody is named to try it with.',
          'Name a domain or a mail host of others in [doctor] outbound.',
        ),
      ];
    const findings = await Promise.all(outbound.map(async (target) => wayTo(look, target)));
    return findings;
  },
};

async function wayTo(look: Look, target: string): Promise<Finding> {
  const say = about('port-25-out', target);
  const place = await placeOf(look, target);
  if (typeof place === 'string') return say.unknown(place);
  const { host, port } = place;
  const found = await asked(look.options.resolver.lookup(host));
  const address = found.kind === 'found' ? found.value.at(-1)?.address : undefined;
  if (address === undefined) return say.unknown(`${host} has no address we could find.`);
  const door = await lookAtDoor({
    host,
    address,
    port,
    helo: look.ours.hostname,
    signal: look.signal,
    withoutTls: true,
  });
  if (door.kind === 'open') return say.fine(`${host} answers at ${door.at}.`);
  // Whoever talks has been reached; what he thinks of us is another matter.
  if (door.phase !== 'connect')
    return say.notice(`${door.at} was reached, but: ${door.why}`, 'See what it says about us.');
  return say.problem(
    `${door.at} cannot be reached: ${door.why}`,
    'If other hosts cannot be reached either, ask the provider to open port 25 outwards.',
  );
}

/** Where to go, or why nobody knows. */
async function placeOf(
  { options }: Look,
  target: string,
): Promise<{ readonly host: string; readonly port: number } | string> {
  const given = splitHostPort(target);
  if (given !== undefined) return given;
  const port = options.laboratory?.smtpPort ?? 25;
  if (isIP(target) !== 0) return { host: target, port };
  const found = await asked(options.resolver.resolve(target, 'MX'));
  if (found.kind === 'unknown') return `Its MX could not be looked up: ${found.why}`;
  // RFC 5321 §5.1: without MX the domain is its own host.
  if (found.kind === 'nothing') return { host: target, port };
  const [best] = found.value.toSorted((one, other) => one.priority - other.priority);
  return best === undefined || best.exchange === ''
    ? `${target} takes no mail (RFC 7505).`
    : { host: best.exchange, port };
}
