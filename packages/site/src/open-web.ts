// The site's doors to the world's web: answers to ACME, settings for mail programs, MTA-STS policies. No operator, no person and
// no mailbox is reached through them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openHttpDoor, type CertificateSource, type ChallengeBook } from '@restante/certificates';
import {
  createSettingsHandler,
  type ServedDomain,
  type SettingsHandler,
} from '@restante/client-settings';
import type { Clock } from '@restante/runtime';
import type { SiteView } from './cluster-config.ts';
import { servedDomain } from './served-domains.ts';

export interface WebParts {
  readonly view: SiteView;
  readonly challenges: ChallengeBook;
  readonly certificates: CertificateSource;
  readonly clock: Clock;
  readonly stack: AsyncDisposableStack;
}

export type WebPorts = Partial<Record<'web' | 'webTls', number>>;

const bodyMaxBytes = 64 * 1024;

/** The plain door; open before certificates are ordered, because the authority asks here. */
export async function openPlainWeb(parts: Omit<WebParts, 'certificates'>): Promise<WebPorts> {
  const { view, challenges, stack } = parts;
  const { web } = view.site.listen;
  if (web === undefined) return {};
  const answer = settingsOf(parts);
  const door = stack.use(
    await openHttpDoor({
      listen: web,
      challenges,
      otherwise: (request, response) =>
        void serve(answer, { request, response, isEncrypted: false }),
    }),
  );
  return { web: door.port };
}

export async function openTlsWeb(parts: WebParts): Promise<WebPorts> {
  const { view, certificates, stack } = parts;
  const { webTls } = view.site.listen;
  if (webTls === undefined) return {};
  const answer = settingsOf(parts);
  const door = stack.use(
    await openHttpDoor({
      listen: webTls,
      certificate: certificates,
      otherwise: (request, response) =>
        void serve(answer, { request, response, isEncrypted: true }),
    }),
  );
  return { webTls: door.port };
}

function settingsOf({ view, clock }: Pick<WebParts, 'view' | 'clock'>): SettingsHandler {
  const { displayName, mtaSts: mode, mtaStsMaxAgeMs: maxAgeMs } = view.settings;
  return createSettingsHandler({
    domain: (name): ServedDomain | undefined => servedDomain(view, name),
    ...(displayName === undefined ? {} : { displayName }),
    mtaSts: { mode, maxAgeMs },
    now: () => clock.now(),
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly isEncrypted: boolean;
}

/** Never rejects: nobody waits for it, and no question of a stranger may end the process. */
async function serve(answer: SettingsHandler, exchange: Exchange): Promise<void> {
  await tell(answer, exchange).catch(() => exchange.response.destroy());
}

async function tell(
  answer: SettingsHandler,
  { request, response, isEncrypted }: Exchange,
): Promise<void> {
  const body = await readBody(request).catch(() => undefined);
  // Too long, or gone: there is nobody to be polite to.
  if (body === undefined) return void request.destroy();
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const found = answer({
    method: request.method ?? 'GET',
    host: request.headers.host ?? '',
    path,
    query: new URLSearchParams(query),
    body,
    isEncrypted,
  });
  const {
    status,
    headers,
    body: text,
  } = found ?? { status: 404, headers: {}, body: 'Not found.\n' };
  response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' }).end(text);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > bodyMaxBytes) throw new Error('The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
