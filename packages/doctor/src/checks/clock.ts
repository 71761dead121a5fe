// Two clocks that differ: logs cannot be laid side by side, logins by code fail, certificates are not valid yet.
import type { Finding } from '../doctor.ts';
import { about } from '../finding.ts';
import type { Check, Look } from '../look.ts';

export const clock: Check = {
  name: 'clock',
  async run(look) {
    const { sites, site, peerClock } = look.options;
    const peers = sites.filter(({ name }) => name !== site);
    if (peerClock === undefined || peers.length === 0) return [];
    return Promise.all(peers.map(async ({ name }) => skewTo(look, name)));
  },
};

async function skewTo({ options, signal }: Look, peer: string): Promise<Finding> {
  const { clock: ours, peerClock, settings } = options;
  const say = about('clock', `${options.site} and ${peer}`);
  const askedMs = ours.now();
  const startedMs = ours.monotonicMs();
  let theirsMs: number;
  try {
    if (peerClock === undefined) return say.unknown('There is nobody to ask.');
    theirsMs = await peerClock(peer, signal);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return say.unknown(`${peer} does not tell its time: ${why}`);
  }
  const roundTripMs = ours.monotonicMs() - startedMs;
  // It looked at its clock somewhere on the way; half of it is the best guess, and the rest is doubt.
  const skewMs = theirsMs - (askedMs + roundTripMs / 2);
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Math.abs(skewMs) <= settings.clockSkewMaxMs + roundTripMs / 2)
    return say.fine(`They agree within ${seconds} s.`);
  return say.problem(
    `The clock of ${peer} is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}.`,
    'Let both machines take the time from the network (timedatectl set-ntp true, or chrony).',
  );
}
