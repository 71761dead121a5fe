// A line between two places that behaves like an ocean: slow, silent for a while, gone in the middle of a word, or gone in the one
// moment that hurts most, between the far side's commit and its reply. Bytes are never changed. Loopback only.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of one connection; asked when it is opened. */
export type Fate =
  | { readonly kind: 'lives' }
  /** The line breaks when this many bytes have gone to the far side. */
  | { readonly kind: 'cut-after'; readonly bytes: number }
  /**
   * The line breaks with the first answer to this many bytes in one go: the far side has taken the message and said so, the near
   * side never hears it. Give it the size of a message's body, so that answers to commands pass.
   */
  | { readonly kind: 'cut-before-reply'; readonly bodyBytes: number };

export interface WeatherLink extends AsyncDisposable {
  readonly endpoint: string;
  /** One way, for every piece. */
  latencyMs: number;
  /** While false nobody gets through, and whoever was connected is cut off. */
  isUp: boolean;
  fateOf: () => Fate;
  /** How often each fate came true. */
  readonly came: { readonly cutAfter: number; readonly cutBeforeReply: number };
  /** Connections opened so far. */
  readonly opened: number;
  /** Nothing moves for this long; nothing is lost. */
  stall(ms: number): void;
  cutAll(): void;
}

export async function startWeatherLink({
  to,
  latencyMs = 0,
}: {
  readonly to: string;
  readonly latencyMs?: number;
}): Promise<WeatherLink> {
  const colon = to.lastIndexOf(':');
  const far = { host: to.slice(0, colon), port: Number(to.slice(colon + 1)) };
  const lines = new Set<Line>();
  const came = { cutAfter: 0, cutBeforeReply: 0 };
  let isUp = true;
  let opened = 0;
  let stalledUntilMs = 0;
  const link: WeatherLink = {
    endpoint: '',
    latencyMs,
    get isUp() {
      return isUp;
    },
    set isUp(next) {
      isUp = next;
      if (!next) link.cutAll();
    },
    fateOf: () => ({ kind: 'lives' }),
    came,
    get opened() {
      return opened;
    },
    stall(ms) {
      stalledUntilMs = performance.now() + ms;
    },
    cutAll() {
      for (const line of lines) line.cut();
    },
    async [Symbol.asyncDispose]() {
      link.cutAll();
      server.close();
      await once(server, 'close');
    },
  };

  const delayMs = () => Math.max(link.latencyMs, stalledUntilMs - performance.now());
  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (!isUp) return void near.resetAndDestroy();
    opened += 1;
    const line = joinEnds({ near, far: connect(far), fate: link.fateOf(), delayMs, came });
    lines.add(line);
    near.once('close', () => lines.delete(line));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The link has no port.');
  return Object.assign(link, { endpoint: `127.0.0.1:${address.port}` });
}

interface Line {
  cut(): void;
}

interface Ends {
  readonly near: Socket;
  readonly far: Socket;
  readonly fate: Fate;
  readonly delayMs: () => number;
  readonly came: { cutAfter: number; cutBeforeReply: number };
}

function joinEnds({ near, far, fate, delayMs, came }: Ends): Line {
  let bytesUp = 0;
  let bytesSinceAnswer = 0;
  let isCut = false;
  const cut = () => {
    isCut = true;
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => undefined);
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());

  const up = inOrder(delayMs, (chunk: Buffer) => {
    bytesUp += chunk.length;
    bytesSinceAnswer += chunk.length;
    if (fate.kind === 'cut-after' && bytesUp >= fate.bytes) {
      // What still fits goes through: a cut falls anywhere, also into the middle of a record.
      far.write(chunk.subarray(0, Math.max(0, chunk.length - (bytesUp - fate.bytes))), cut);
      if (!isCut) came.cutAfter += 1;
      isCut = true;
      return;
    }
    far.write(chunk);
  });
  const down = inOrder(delayMs, (chunk: Buffer) => {
    if (fate.kind === 'cut-before-reply' && bytesSinceAnswer >= fate.bodyBytes) {
      came.cutBeforeReply += 1;
      return cut();
    }
    bytesSinceAnswer = 0;
    near.write(chunk);
  });
  near.on('data', (chunk: Buffer) => void (isCut || up(chunk)));
  far.on('data', (chunk: Buffer) => void (isCut || down(chunk)));
  near.on('end', () => far.end());
  far.on('end', () => near.end());
  return { cut };
}

/** Passes pieces on after the delay of the moment, never out of order. */
function inOrder(delayMs: () => number, pass: (chunk: Buffer) => void): (chunk: Buffer) => void {
  let dueMs = 0;
  return (chunk) => {
    const waitMs = Math.max(delayMs(), dueMs - performance.now());
    if (waitMs <= 0) return pass(chunk);
    dueMs = performance.now() + waitMs;
    setTimeout(() => pass(chunk), waitMs);
  };
}
