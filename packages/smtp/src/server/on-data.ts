// DATA (RFC 5321 §4.1.1.4): the message, up to CRLF "." CRLF. The reply leaves when the sink has committed (law 2).
import { isPositive } from '@restante/mail-model';
import { beginMessage } from './begin-message.ts';
import type { Dialogue, SmtpVerb } from './dialogue.ts';
import { MessageIntake } from './message-intake.ts';
import type { OctetReader } from './octet-reader.ts';
import { replies } from './replies.ts';
import { whenKnown } from './when-known.ts';

export const data: SmtpVerb = {
  verb: 'DATA',
  needsHello: true,
  endsGroup: true,
  run: (dialogue, argument) => {
    const { transaction } = dialogue;
    if (argument !== '') return dialogue.complain(replies.noArgument);
    if (transaction === undefined) return dialogue.complain(replies.rcptFirst);
    if (transaction.intake !== undefined || transaction.chunkRefusal !== undefined) {
      return dialogue.complain(replies.dataAfterChunk);
    }
    if (transaction.mail.body === 'binarymime') return dialogue.complain(replies.binaryNeedsChunks);

    return whenKnown(beginMessage(dialogue, transaction, 'dots'), (begun) => {
      if (begun instanceof MessageIntake) {
        dialogue.reply(replies.sendData);
        dialogue.readOctets(new DataReader(dialogue, begun));
        return;
      }
      // The client may go on with MAIL at once, or with RSET first; both are fine (RFC 5321 §3.3).
      if (begun !== replies.rcptFirst) dialogue.reset('refused');
      dialogue.reply(isPositive(begun) ? replies.ourFault : begun);
    });
  },
};

class DataReader implements OctetReader {
  readonly #dialogue: Dialogue;
  readonly #intake: MessageIntake;

  constructor(dialogue: Dialogue, intake: MessageIntake) {
    this.#dialogue = dialogue;
    this.#intake = intake;
  }

  get isComplete(): boolean {
    return this.#intake.guard.isEnded;
  }

  read(chunk: Buffer, start: number): number | Promise<number> {
    const next = this.#intake.guard.read(chunk, start);
    const written = this.#intake.takePiece();
    return written === undefined ? next : written.then(() => next);
  }

  async end(): Promise<void> {
    const answer = await this.#intake.finish();
    this.#dialogue.reset('ended');
    this.#dialogue.replyFinally(answer);
  }
}
