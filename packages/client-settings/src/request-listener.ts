// The handler as Node's HTTP servers want it: reads the little body there may be, and says 404 to what is nobody's question.
import type { IncomingMessage, RequestListener } from 'node:http';
import type { SettingsAnswer, SettingsHandler } from './settings-handler.ts';

const bodyMaxBytes = 64 * 1024;

export function settingsListener(
  handler: SettingsHandler,
  { isEncrypted }: { readonly isEncrypted: boolean },
): RequestListener {
  return (request, response) => {
    readBody(request)
      .then((body) => {
        const url = URL.parse(request.url ?? '/', 'http://nowhere.invalid');
        const answer =
          body === undefined || url === null
            ? undefined
            : handler({
                method: request.method ?? 'GET',
                host: request.headers.host ?? '',
                path: url.pathname,
                query: url.searchParams,
                body,
                isEncrypted,
              });
        const { status, headers, body: text } = answer ?? nothing;
        response
          .writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' })
          .end(request.method === 'HEAD' ? undefined : text);
      })
      .catch(() => response.destroy()); // The caller went away in the middle of his question.
  };
}

const nothing: SettingsAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'There is nothing here.\n',
};

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > bodyMaxBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
