// Receives one command: its lines, and its literals as far as they are admitted (admit-literal.ts).
//
// Promises
// - A literal the client announces and waits with is refused before its bytes are sent; one that follows at once is read and
//   thrown away up to a bound, and beyond it the conversation ends (RFC 7888 §4, threat 19).
// - A refused command is answered once, and the next one is read from its beginning; one whose literals cannot be kept (the scratch
//   disk is full) is a refused one.
import { announcementOf, type Announcement, type CommandIntake } from '../wire/command-intake.ts';
import { LiteralStore } from '../wire/literal-store.ts';
import type { Literal, ReceivedCommand } from '../wire/received-command.ts';
import { bad, no, Refusal } from '../wire/refusal.ts';
import { admitLiteral, type LiteralAsked } from './admit-literal.ts';
import type { Session } from './session.ts';

/** What the connection gives: input, and waiting for more of it. */
export interface CommandSource {
  readonly intake: CommandIntake;
  /** False when the client is gone, or nothing more is read. */
  more(): Promise<boolean>;
  /** What follows is our time, not the client's. */
  startTurn(): void;
}

export type Received =
  | {
      readonly kind: 'command';
      readonly command: ReceivedCommand;
      readonly literals: LiteralStore;
    }
  | { readonly kind: 'refused'; readonly tag: string; readonly refusal: Refusal }
  /** The client cannot be followed any more. */
  | { readonly kind: 'hopeless'; readonly refusal: Refusal }
  | { readonly kind: 'gone' };

/** Strangers send a tag, a name, a password. */
const strangerBytesMax = 64 * 1024;
/** What one more literal costs here, however small it is. */
const literalBytes = 64;
/** This much more than what is admitted is read to be thrown away. */
const discardBytesMax = 1024 * 1024;

export async function receiveCommand(session: Session, source: CommandSource): Promise<Received> {
  const store = new LiteralStore(session.server.scratchDir);
  let isHandedOver = false;
  try {
    const received = await receive(session, source, store);
    isHandedOver = received.kind === 'command';
    return received;
  } finally {
    if (!isHandedOver) await store[Symbol.asyncDispose]();
  }
}

async function receive(
  session: Session,
  source: CommandSource,
  store: LiteralStore,
): Promise<Received> {
  const { limits } = session.server;
  const textMax = session.state === 'not-authenticated' ? strangerBytesMax : limits.commandMaxBytes;
  const literals: Literal[] = [];
  let text = '';
  let heldBytes = 0;
  for (;;) {
    const line = await nextLine(source, textMax - heldBytes);
    if (line === undefined) return { kind: 'gone' };
    if (line instanceof Refusal) return { kind: 'hopeless', refusal: line };
    heldBytes += line.length;
    const announced = announcementOf(line);
    if (announced === undefined) {
      return { kind: 'command', command: { text: text + line, literals }, literals: store };
    }
    text += announced.text;
    const asked = { text, literals, heldBytes, announced, textMax };
    const admission = await admitLiteral(session, asked).catch((cause: unknown) => {
      session.server.onFailure({ command: '', account: session.account, cause });
      return noRoom();
    });
    if (admission instanceof Refusal) return refuse(session, source, { asked, refusal: admission });
    if (announced.isSynchronizing) session.out.continuation('go ahead');
    // Whoever announces without reading "+" waits for himself.
    await session.out.backPressure();
    store.begin(admission);
    const kept = await keep(source, announced, store);
    if (kept === 'gone') return { kind: 'gone' };
    if (kept !== 'kept') {
      session.server.onFailure({ command: '', account: session.account, cause: kept.cause });
      return refuse(session, source, { asked, refusal: noRoom(), isTaken: true });
    }
    const { sizeBytes, isBinary } = announced;
    heldBytes += literalBytes;
    if (admission === 'text') heldBytes += sizeBytes;
    literals.push({ sizeBytes, isBinary, body: store.end() });
    text += `${isBinary ? '~' : ''}{${sizeBytes}}\r\n`;
  }
}

/** RFC 5530 §3: UNAVAILABLE is temporary. */
function noRoom(): Refusal {
  return no('UNAVAILABLE', 'It cannot be received now; try again later.');
}

interface RefusedLiteral {
  readonly asked: LiteralAsked;
  readonly refusal: Refusal;
  /** Its bytes came already. */
  readonly isTaken?: boolean;
}

/** Says no at once to who waits for an answer; reads what others send anyway, as far as that is bearable. */
async function refuse(
  session: Session,
  source: CommandSource,
  { asked, refusal, isTaken = false }: RefusedLiteral,
): Promise<Received> {
  const tag = tagOf(asked.text);
  let bytesLeft = session.state === 'not-authenticated' ? strangerBytesMax : discardBytesMax;
  if (session.state !== 'not-authenticated') bytesLeft += session.server.limits.appendMaxBytes;
  let announced: Announcement | undefined = isTaken
    ? { ...asked.announced, sizeBytes: 0, isSynchronizing: false }
    : asked.announced;
  while (announced !== undefined && !announced.isSynchronizing) {
    if (announced.sizeBytes > bytesLeft) return { kind: 'hopeless', refusal };
    bytesLeft -= announced.sizeBytes;
    if (!(await discard(source, announced.sizeBytes))) return { kind: 'gone' };
    const line = await nextLine(source, Math.min(bytesLeft, asked.textMax));
    if (line === undefined) return { kind: 'gone' };
    if (line instanceof Refusal) return { kind: 'hopeless', refusal: line };
    bytesLeft -= line.length;
    announced = announcementOf(line);
  }
  return { kind: 'refused', tag, refusal };
}

async function nextLine(
  source: CommandSource,
  bytesMax: number,
): Promise<string | Refusal | undefined> {
  for (;;) {
    const step = source.intake.line(Math.max(0, bytesMax));
    if (step.kind === 'line') return step.text;
    if (step.kind === 'too-long') return bad('The command is too long.', 'LIMIT');
    if (!(await source.more())) return undefined;
  }
}

/** What cannot be kept is read to its end all the same: the client is sending it, and would not hear an answer. */
async function keep(
  source: CommandSource,
  { sizeBytes }: Announcement,
  store: LiteralStore,
): Promise<'kept' | 'gone' | { readonly cause: unknown }> {
  let failure: { readonly cause: unknown } | undefined;
  const isHere = await eachPiece(source, sizeBytes, async (piece) => {
    if (failure !== undefined) return;
    try {
      await store.write(piece);
    } catch (cause) {
      failure = { cause };
    }
  });
  return isHere ? (failure ?? 'kept') : 'gone';
}

async function discard(source: CommandSource, sizeBytes: number): Promise<boolean> {
  return eachPiece(source, sizeBytes, async () => undefined);
}

async function eachPiece(
  source: CommandSource,
  sizeBytes: number,
  take: (piece: Buffer) => Promise<void>,
): Promise<boolean> {
  for (let left = sizeBytes; left > 0;) {
    const piece = source.intake.literalBytes(left);
    if (piece !== undefined) {
      left -= piece.length;
      await take(piece);
    } else if (!(await source.more())) return false;
  }
  return true;
}

/** RFC 3501 §9: tag; "*" when there is none that could be repeated. */
export function tagOf(text: string): string {
  const [tag] = /^[!#$&'\-./0-9:;<=>?@A-Z[\]^_`a-z|}~,]{1,200}(?= |$)/.exec(text) ?? ['*'];
  return tag;
}
