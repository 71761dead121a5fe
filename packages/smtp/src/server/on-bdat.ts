// BDAT (RFC 3030 §2): the message in counted chunks, without dots. The octets always follow the command, so they are
// always read, also when the chunk is refused; otherwise they would be taken for commands.
//
//   refused chunk   its octets are read and dropped; every further chunk gets the same answer, until LAST or RSET
//   LAST            ends the message and the transaction, whatever the answer is
import { isPositive, type SmtpReply } from '@restante/mail-model';
import { beginMessage } from './begin-message.ts';
import type { Dialogue, SmtpVerb } from './dialogue.ts';
import { MessageIntake } from './message-intake.ts';
import type { OctetReader } from './octet-reader.ts';
import { replies } from './replies.ts';

interface Chunk {
  readonly octets: number;
  readonly isLast: boolean;
}

export const bdat: SmtpVerb = {
  verb: 'BDAT',
  // Checked below, because its octets have to be read in any case.
  needsHello: false,
  endsGroup: false,
  run: async (dialogue, argument) => {
    const chunk = parseChunk(argument);
    if (chunk === undefined) {
      // How many octets follow is not known, so nothing that follows can be understood.
      dialogue.complain(replies.chunkSyntax);
      dialogue.close();
      return;
    }
    const intake = await intakeFor(dialogue);
    const isTaken = intake instanceof MessageIntake;
    const reader = new ChunkReader(dialogue, chunk, isTaken ? intake : undefined);
    if (!isTaken) reader.refusal = isPositive(intake) ? replies.ourFault : intake;
    dialogue.readOctets(reader);
  },
};

function parseChunk(argument: string): Chunk | undefined {
  const found = /^(\d{1,15})( LAST)?$/i.exec(argument);
  return found === null ? undefined : { octets: Number(found[1]), isLast: found[2] !== undefined };
}

async function intakeFor(dialogue: Dialogue): Promise<MessageIntake | SmtpReply> {
  const { transaction, facts } = dialogue;
  if (facts.helo === '') return replies.helloFirst;
  if (transaction === undefined) return replies.rcptFirst;
  if (transaction.chunkRefusal !== undefined) return transaction.chunkRefusal;
  if (transaction.intake !== undefined) return transaction.intake;
  const begun = await beginMessage(dialogue, transaction, 'none');
  if (!(begun instanceof MessageIntake)) transaction.chunkRefusal = begun;
  return begun;
}

class ChunkReader implements OctetReader {
  refusal: SmtpReply | undefined;
  readonly #dialogue: Dialogue;
  readonly #chunk: Chunk;
  readonly #intake: MessageIntake | undefined;
  #left: number;

  constructor(dialogue: Dialogue, chunk: Chunk, intake: MessageIntake | undefined) {
    this.#dialogue = dialogue;
    this.#chunk = chunk;
    this.#intake = intake;
    this.#left = chunk.octets;
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  read(bytes: Buffer, start: number): number | Promise<number> {
    const next = Math.min(bytes.length, start + this.#left);
    this.#left -= next - start;
    if (this.#intake === undefined) return next;
    this.#intake.guard.read(bytes.subarray(start, next), 0);
    const written = this.#intake.takePiece();
    return written === undefined ? next : written.then(() => next);
  }

  async end(): Promise<void> {
    const dialogue = this.#dialogue;
    const { octets, isLast } = this.#chunk;
    const refusal = this.refusal ?? this.#intake?.refusal;
    const { transaction } = dialogue;
    if (isLast && this.#intake !== undefined && refusal === undefined) {
      const answer = await this.#intake.finish();
      dialogue.reset('ended');
      return dialogue.replyFinally(answer);
    }
    if (refusal === undefined) return dialogue.reply(replies.chunkTaken(octets));
    if (transaction !== undefined && refusal !== replies.rcptFirst)
      transaction.chunkRefusal = refusal;
    if (isLast) dialogue.reset('refused');
    if (refusal === replies.helloFirst || refusal === replies.rcptFirst) dialogue.complain(refusal);
    else dialogue.reply(refusal);
  }
}
