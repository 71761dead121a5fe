// Keeps the mirror of a home's recipients fresh: asks for changes in a steady rhythm, writes what came to disk, and goes on
// answering from the last one while the home is away (law 4).
import type { EventSink } from '@restante/mail-model';
import type { RecipientMirror } from '@restante/recipients';
import type { PeerClient } from '@restante/site-api';

export interface MirrorLoop extends AsyncDisposable {
  /** Asks now instead of at the next beat. */
  refresh(): Promise<void>;
}

export interface MirrorOptions {
  readonly peer: string;
  readonly client: PeerClient;
  readonly mirror: RecipientMirror;
  readonly intervalMs: number;
  readonly onEvent: EventSink;
}

// Until there is a first mirror its domains are answered 450, so it is asked for more often.
const firstIntervalMs = 1000;

export function mirrorRecipients({
  peer,
  client,
  mirror,
  intervalMs,
  onEvent,
}: MirrorOptions): MirrorLoop {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const ask = async () => {
    try {
      const snapshot = mirror.list.snapshot;
      const answer = await client.recipients(
        snapshot === undefined ? undefined : { epoch: snapshot.epoch, version: snapshot.version },
      );
      if (answer.kind === 'current') mirror.confirm();
      if (answer.kind === 'snapshot') await mirror.accept(answer.snapshot);
    } catch (cause) {
      onEvent({ name: 'mirror.failed', peer, cause });
    }
  };
  const refresh = async () => {
    running ??= ask().finally(() => {
      running = undefined;
    });
    return running;
  };
  const beat = () => {
    if (isStopped) return;
    const pauseMs =
      mirror.list.snapshot === undefined ? Math.min(firstIntervalMs, intervalMs) : intervalMs;
    timer = setTimeout(() => void refresh().then(beat), pauseMs);
  };
  void refresh().then(beat);

  return {
    refresh,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
