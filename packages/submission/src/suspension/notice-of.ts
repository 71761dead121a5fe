// What the operator is told of a suspicion: what was seen, what was done, what to do now. Pure.
import type { Notice } from '@restante/notices';
import type { Suspicion } from '../watch/sending-watch.ts';

export function noticeOf(
  { account, action, points, findings }: Suspicion,
  heldMessages: number | undefined,
  failure?: unknown,
): Notice {
  const isStopped = action === 'suspend' && failure === undefined;
  const seen = findings.map((finding) => `- ${finding.says} (${finding.points})`).join('\n');
  const done = isStopped
    ? `It may not send any more; ${heldMessages ?? 0} of its messages that waited are held. Mail for it still arrives.`
    : failure === undefined
      ? 'Nothing was done yet.'
      : 'It should have been stopped, and that failed: do it by hand.';
  const next = isStopped
    ? `If it was not its owner: a new password (restante account password ${account}), then look at what waits (restante queue list --held), then restante account resume ${account}. If it was: resume, and it is usual from then on.`
    : `To stop it: restante account suspend ${account} --reason "..."`;
  return {
    kind: isStopped ? 'account.suspended' : 'account.suspicious',
    severity: action === 'suspend' ? 'critical' : 'warning',
    title: isStopped ? `${account} sends unusually and was stopped` : `${account} sends unusually`,
    text: `${points} points:\n${seen}\n${done}\n${next}`,
    facts: { account, points, action, ...(heldMessages !== undefined && { heldMessages }) },
    key: `${account} ${action}`,
  };
}
