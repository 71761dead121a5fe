// spamd of SpamAssassin: SYMBOLS for a score, TELL to teach (SPAMC/1.5).
//
// Each question has a connection of its own, as the protocol wants it. "User" chooses whose preferences and whose Bayes
// database are used: one per site, so that a site has its own rules.
import { converse } from '../converse.ts';
import type { Endpoint } from '../endpoint.ts';
import { exactly, scannedBytes, scannedSizeBytes } from '../scanned-bytes.ts';
import type { MessageToScan, SpamScore, TaughtMessage } from '../scanners.ts';
import { isWholeAnswer, readScore, readTold } from './read-spamd-answer.ts';

export interface Spamd {
  readonly endpoint: Endpoint;
  /** Empty: whoever spamd runs as. */
  readonly user: string;
}

const answerMaxBytes = 16_384;

export async function askSpamd(
  spamd: Spamd,
  message: MessageToScan,
  signal: AbortSignal,
): Promise<SpamScore> {
  const question = [
    'SYMBOLS SPAMC/1.5',
    `Content-length: ${scannedSizeBytes(message)}`,
    ...userLine(spamd),
  ];
  return readScore(await say(spamd, { question, bytes: scannedBytes(message), signal }));
}

/** Answers whether it learned something. */
export async function tellSpamd(
  spamd: Spamd,
  what: 'spam' | 'ham',
  { message, signal }: { readonly message: TaughtMessage; readonly signal: AbortSignal },
): Promise<boolean> {
  const question = [
    'TELL SPAMC/1.5',
    `Content-length: ${message.sizeBytes}`,
    ...userLine(spamd),
    `Message-class: ${what}`,
    'Set: local',
  ];
  const bytes = exactly(message.sizeBytes, message.bytes());
  return readTold(await say(spamd, { question, bytes, signal }));
}

interface Saying {
  readonly question: readonly string[];
  readonly bytes: AsyncIterable<Buffer>;
  readonly signal: AbortSignal;
}

function say({ endpoint }: Spamd, { question, bytes, signal }: Saying): Promise<Buffer> {
  return converse({
    endpoint,
    question: after(Buffer.from(`${question.join('\r\n')}\r\n\r\n`), bytes),
    answerMaxBytes,
    isWhole: isWholeAnswer,
    signal,
  });
}

async function* after(head: Buffer, rest: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield head;
  yield* rest;
}

function userLine({ user }: Spamd): readonly string[] {
  return user === '' ? [] : [`User: ${user}`];
}
