// How large a message may be, and its header: what a site took has to fit through the door of its home with the fields on top that the
// site added (trace, Authentication-Results, seals). Refused there it would be nobody's mail (law 4).
import type { EdgeLimits } from './edge.ts';
import type { SessionFacts } from './session-facts.ts';

/** More than all our fields together, of every site it passes. */
const addedMaxBytes = 128 * 1024;

export function limitsFor(limits: EdgeLimits, { peer }: Pick<SessionFacts, 'peer'>): EdgeLimits {
  if (peer === undefined) return limits;
  const { messageMaxBytes, headerMaxBytes } = limits;
  return {
    ...limits,
    messageMaxBytes: messageMaxBytes + addedMaxBytes,
    headerMaxBytes: headerMaxBytes + addedMaxBytes,
  };
}
