// One request and its answer, checked. Whatever comes back is untrusted: its size is bounded while it arrives, gzip is
// bounded while it unfolds, and its shape must be the one we asked for; a proxy's error page is BAD_ANSWER, not data.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import { isSiteApiFailureCode, SiteApiError } from '../errors.ts';
import { problemSchema } from '../schemas.ts';

export interface Wire {
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
  readonly answerMaxBytes: number;
  /** From the first byte sent to the last received. */
  readonly timeoutMs: number;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Statuses besides 200 that are answers and not problems. */
  readonly alsoFine?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const unfold = promisify(gunzip);

/** Throws SiteApiError, nothing else. */
export async function ask(wire: Wire, question: Question): Promise<Answer> {
  const answer = await exchange(wire, question);
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (question.alsoFine?.includes(answer.status)) return answer;
  throw problemFrom(answer);
}

/** The answer as the shape it must have. */
export async function askFor<T>(wire: Wire, question: Question, schema: z.ZodType<T>): Promise<T> {
  return shaped(await ask(wire, question), schema);
}

export function shaped<T>(answer: Answer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(answer));
  if (!parsed.success) throw new SiteApiError('BAD_ANSWER', { cause: parsed.error });
  return parsed.data;
}

function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new SiteApiError('BAD_ANSWER', { cause });
  }
}

async function exchange(wire: Wire, { method, path, query, body }: Question): Promise<Answer> {
  const url = new URL(path, wire.baseUrl);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  try {
    const response = await request(url, {
      method,
      dispatcher: wire.dispatcher,
      signal: AbortSignal.timeout(wire.timeoutMs),
      headers: {
        ...wire.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const bytes = await bounded(response.body, wire.answerMaxBytes);
    const isFolded = response.headers['content-encoding'] === 'gzip';
    return {
      status: response.statusCode,
      body: isFolded ? await unfold(bytes, { maxOutputLength: wire.answerMaxBytes }) : bytes,
    };
  } catch (cause) {
    if (cause instanceof SiteApiError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE' || (typeof code === 'string' && code.startsWith('Z_'))) {
      throw new SiteApiError('BAD_ANSWER', { cause });
    }
    throw new SiteApiError('SITE_UNREACHABLE', { detail: `${url.host} does not answer.`, cause });
  }
}

async function bounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes)
      throw new SiteApiError('BAD_ANSWER', {
        detail: 'The answer is larger than any answer of this interface.',
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

/** The other side's own code when it gave one of ours; else by status. */
function problemFrom(answer: Answer): SiteApiError {
  let told: unknown;
  try {
    told = JSON.parse(answer.body.toString('utf8'));
  } catch {
    told = undefined; // Not ours; the status has to do.
  }
  const problem = problemSchema.safeParse(told);
  if (problem.success && isSiteApiFailureCode(problem.data.code)) {
    const { code, detail } = problem.data;
    return new SiteApiError(code, detail === undefined ? {} : { detail });
  }
  if (answer.status === 401 || answer.status === 403) return new SiteApiError('NOT_AUTHORIZED');
  return new SiteApiError('BAD_ANSWER', { detail: `Unexpected status ${answer.status}.` });
}
