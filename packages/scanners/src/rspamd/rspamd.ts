// rspamd over HTTP: POST /checkv2 for a score, /learnspam and /learnham of its controller to teach.
//
// What policy knows of the client and the envelope goes along as header fields; their values come from strangers, so
// nothing that could end a line stays in them. Answers are bounded.
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Endpoint } from '../endpoint.ts';
import { ScannersError } from '../errors.ts';
import { exactly, scannedBytes, scannedSizeBytes } from '../scanned-bytes.ts';
import type { MessageToScan, SpamScore, TaughtMessage } from '../scanners.ts';
import { readRspamdAnswer } from './read-rspamd-answer.ts';

const answerMaxBytes = 262_144;
/** More recipients change nothing of what rspamd thinks, but fill its header limit. */
const recipientsMax = 100;
const valueMaxChars = 320;

export interface Rspamd extends AsyncDisposable {
  ask(message: MessageToScan, signal: AbortSignal): Promise<SpamScore>;
}

export interface RspamdTeacher extends AsyncDisposable {
  /** Answers whether it learned something. */
  tell(what: 'spam' | 'ham', message: TaughtMessage, signal: AbortSignal): Promise<boolean>;
}

interface Connecting {
  readonly connections: number;
  /** An attempt to connect is given up after this time: whoever waited for it has gone by then. */
  readonly timeoutMs: number;
}

export function openRspamd(endpoint: Endpoint, connecting: Connecting): Rspamd {
  const pool = poolOf(endpoint, connecting);
  return {
    async ask(message, signal) {
      const { statusCode, text } = await post(pool, {
        path: '/checkv2',
        headers: { ...headersOf(message), 'content-length': String(scannedSizeBytes(message)) },
        bytes: scannedBytes(message),
        signal,
      });
      if (statusCode !== 200)
        throw new ScannersError('SCANNER_REFUSED', { about: `status ${statusCode}` });
      return readRspamdAnswer(text);
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

export function openRspamdTeacher(
  endpoint: Endpoint,
  {
    passwordFile,
    timeoutMs,
  }: { readonly passwordFile: string | undefined; readonly timeoutMs: number },
): RspamdTeacher {
  const pool = poolOf(endpoint, { connections: 1, timeoutMs });
  return {
    async tell(what, message, signal) {
      const { statusCode } = await post(pool, {
        path: what === 'spam' ? '/learnspam' : '/learnham',
        headers: {
          // Read each time: a changed password needs no restart.
          ...(passwordFile === undefined ? {} : { password: await firstLineOf(passwordFile) }),
          'deliver-to': headerValue(message.account),
          'content-length': String(message.sizeBytes),
        },
        bytes: exactly(message.sizeBytes, message.bytes()),
        signal,
      });
      // 208: it knew the message already. 204 and 404: too little in it to learn from.
      if (statusCode === 208 || statusCode === 204 || statusCode === 404) return false;
      if (statusCode !== 200)
        throw new ScannersError('SCANNER_REFUSED', { about: `status ${statusCode}` });
      return true;
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

function poolOf(endpoint: Endpoint, { connections, timeoutMs }: Connecting): Pool {
  const origin =
    endpoint.kind === 'unix'
      ? 'http://localhost'
      : `http://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
  return new Pool(origin, {
    connections,
    // A connection for each question: one that rspamd closes while it is reused would be a failure of nobody.
    pipelining: 0,
    allowH2: false,
    maxResponseSize: answerMaxBytes,
    maxHeaderSize: 16_384,
    // The budget of the door rules; these only may not be shorter.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: timeoutMs,
      ...(endpoint.kind === 'unix' ? { socketPath: endpoint.path } : {}),
    },
  });
}

interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly bytes: AsyncIterable<Buffer>;
  readonly signal: AbortSignal;
}

async function post(
  pool: Pool,
  { path, headers, bytes, signal }: Post,
): Promise<{ readonly statusCode: number; readonly text: string }> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path,
      headers,
      body: Readable.from(bytes),
      signal,
    });
    return { statusCode, text: await body.text() };
  } catch (cause) {
    if (cause instanceof ScannersError || signal.aborted) throw cause;
    throw explain(cause);
  }
}

function explain(cause: unknown): ScannersError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const about = code || (cause instanceof Error ? cause.message : String(cause));
  const isGarbage =
    code.startsWith('HPE_') ||
    code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ||
    code === 'UND_ERR_HEADERS_OVERFLOW';
  return new ScannersError(isGarbage ? 'SCANNER_BAD_ANSWER' : 'SCANNER_UNREACHABLE', {
    about,
    cause,
  });
}

function headersOf(message: MessageToScan): Record<string, string | string[]> {
  const { client, sender, recipients, account, messageId } = message;
  return {
    ip: headerValue(client.address),
    helo: headerValue(client.helo),
    ...(client.name === undefined ? {} : { hostname: headerValue(client.name) }),
    from: headerValue(sender),
    rcpt: recipients.slice(0, recipientsMax).map(headerValue),
    ...(account === undefined ? {} : { user: headerValue(account) }),
    'queue-id': headerValue(messageId),
  };
}

/** UTF-8 in the bytes of the line, no control characters, not endless. */
function headerValue(text: string): string {
  const plain = text.slice(0, valueMaxChars).replaceAll(/[\0-\x1F\x7F]/g, ' ');
  return Buffer.from(plain, 'utf8').toString('latin1');
}

async function firstLineOf(path: string): Promise<string> {
  const [line = ''] = (await readFile(path, 'utf8')).split('\n', 1);
  return headerValue(line.trim());
}
