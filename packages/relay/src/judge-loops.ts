// Does this message go in circles? Asked by its header, before anybody is responsible for it (threat 9).
import type { Envelope, Route, SmtpReply } from '@restante/mail-model';
import { wasDeliveredTo, type HeaderBlock } from './header-block.ts';
import { replies } from './replies.ts';
import type { Router } from './router.ts';

/** A message that passed this site more often than this goes in circles. */
const ownPassesMax = 4;

export interface LoopRules {
  readonly hostname: string;
  /** More Received fields than this is a loop (RFC 5321 §6.3). */
  readonly receivedMax: number;
}

/** A peer's message was counted by the site that took it; the passes through our own sites since do not make it a circle. */
export function rulesForPeers(rules: LoopRules): LoopRules {
  return { ...rules, receivedMax: rules.receivedMax + ownPassesMax };
}

export function judgePasses(
  { hostname, receivedMax }: LoopRules,
  header: HeaderBlock,
): SmtpReply | undefined {
  // RFC 5321 §6.3: counting Received fields with a large limit (at least 100 is suggested; ours is configured).
  const hops = header.count('Received');
  if (hops > receivedMax) return replies.tooManyHops(hops);
  if (hops <= ownPassesMax) return undefined;
  const ownPasses = header
    .values('Received')
    .filter((value) => value.includes(` by ${hostname} `)).length;
  return ownPasses > ownPassesMax ? replies.looping : undefined;
}

/**
 * Mail that says it was delivered to this mailbox before goes in circles, or somebody wrote that line to get a report out of
 * us: who brings it hears it now, not later.
 */
export function judgeDeliveries(
  { router }: { readonly router: Router },
  { recipients }: Pick<Envelope, 'recipients'>,
  header: HeaderBlock,
): SmtpReply | undefined {
  if (header.count('Delivered-To') === 0) return undefined;
  const isOver = recipients.some(
    ({ address }) => isDeliveredByUs(router.routeOf(address)) && wasDeliveredTo(header, address),
  );
  return isOver ? replies.looping : undefined;
}

/** Plain homes have rules of their own about this header field. */
function isDeliveredByUs(route: Route): boolean {
  return route === 'local' || route.startsWith('peer:');
}
