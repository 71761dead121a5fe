// Walks a list of hosts until one gives us a session. A host that greeted us with anything but a session is passed over.
import { SmtpConnectionError } from '@restante/smtp';
import type { ConnectSmtp, SmtpConnection, SmtpTarget } from '@restante/smtp';

export interface ConnectToFirst {
  readonly targets: readonly SmtpTarget[];
  readonly connect: ConnectSmtp;
  readonly signal: AbortSignal;
}

/** Tries each target in order; throws what the last one said. */
export async function connectToFirst({
  targets,
  connect,
  signal,
}: ConnectToFirst): Promise<SmtpConnection> {
  let failure: unknown = new SmtpConnectionError('SMTP_UNREACHABLE', {
    phase: 'connect',
    peer: 'next hop',
    detail: 'it has no address',
  });
  for (const target of targets) {
    try {
      return await connect(target, { signal });
    } catch (cause) {
      failure = cause;
      if (signal.aborted) break;
    }
  }
  throw failure;
}
