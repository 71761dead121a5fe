// One POST of one notice. The address is the operator's own word, so it may be inside or outside; what the other side says is
// not followed anywhere (no redirects) and hardly read.
//
// The address is a secret as a whole (whoever knows it can write there): no error and no event shows more than its host.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { NoticesError } from './errors.ts';
import type { NoticesSettings } from './notices.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Post {
  readonly settings: Pick<NoticesSettings, 'webhookUrl' | 'webhookUrlFile' | 'webhookTimeoutMs'>;
  readonly environment: Environment;
  readonly body: string;
  readonly signal: AbortSignal;
}

const answerMaxBytes = 65_536;
/** Too slow, too early, too many: later may be better. */
const comeLater: readonly number[] = [408, 425, 429];

/** Throws a NoticesError. */
export async function postWebhook(post: Post): Promise<void> {
  const url = await addressOf(post);
  const { webhookTimeoutMs: timeoutMs } = post.settings;
  // A notice a day or so: a connection is not worth keeping.
  const agent = new Agent({
    allowH2: false,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16_384,
    maxResponseSize: answerMaxBytes,
  });
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'restante' },
      body: post.body,
      signal: AbortSignal.any([post.signal, AbortSignal.timeout(timeoutMs)]),
    });
    body.on('error', () => undefined).resume();
    if (statusCode < 200 || statusCode > 299) {
      const isFinal = statusCode < 500 && !comeLater.includes(statusCode);
      throw new NoticesError('WEBHOOK_REFUSED', {
        detail: `${url.host} answered ${statusCode}`,
        retry: !isFinal,
      });
    }
  } catch (cause) {
    if (cause instanceof NoticesError) throw cause;
    // The cause may hold the whole address; its kind is enough.
    throw new NoticesError('WEBHOOK_UNREACHABLE', { detail: `${url.host}: ${kindOf(cause)}` });
  } finally {
    await agent.destroy();
  }
}

async function addressOf({ settings, environment }: Post): Promise<URL> {
  const { webhookUrl, webhookUrlFile } = settings;
  const fromEnvironment = /^env:(.+)$/.exec(webhookUrl ?? '')?.[1];
  const written =
    webhookUrlFile === undefined
      ? fromEnvironment === undefined
        ? webhookUrl
        : environment[fromEnvironment]
      : await firstLine(webhookUrlFile);
  const url = URL.parse(written ?? '');
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new NoticesError('WEBHOOK_ADDRESS_MISSING', {
      detail:
        webhookUrlFile ?? (fromEnvironment === undefined ? 'webhook_url' : (webhookUrl ?? '')),
    });
  }
  return url;
}

async function firstLine(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).split('\n', 1)[0]?.trim();
  } catch (cause) {
    throw new NoticesError('WEBHOOK_ADDRESS_MISSING', { detail: file, cause });
  }
}

function kindOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
