// May this client talk to us? The host is asked before the greeting.
import { isPositive, type SmtpReply } from '@restante/mail-model';
import { asClosing } from './conversation.ts';
import type { EdgeContext } from './dialogue.ts';
import type { SessionFacts } from './session-facts.ts';
import { toSmtpReply } from './to-smtp-reply.ts';

/** What is said instead of a greeting; undefined when nothing speaks against one. Never throws. */
export async function askAboutConnection(
  { host, onEvent }: EdgeContext,
  facts: SessionFacts,
): Promise<SmtpReply | undefined> {
  try {
    const answer = await host.judgeConnection(facts);
    if (answer === undefined || isPositive(answer)) return undefined;
    // RFC 5321 §3.1: instead of a greeting there is only 554, and 421 for "later".
    return answer.code === 554 ? answer : asClosing(answer);
  } catch (failure) {
    return asClosing(toSmtpReply(onEvent, 'connection', failure));
  }
}
