// An SMTP door as a stranger sees it: does it open, what does it say, which certificate does it show? No mail is offered.
import { connectSmtp, SmtpConnectionError } from '@restante/smtp';
import type { ShownCertificates } from '@restante/smtp';

export type Door =
  | {
      readonly kind: 'open';
      readonly at: string;
      readonly greeting: string;
      /** Absent: STARTTLS is not offered. */
      readonly shown?: ShownCertificates;
    }
  | { readonly kind: 'closed'; readonly at: string; readonly why: string; readonly phase: string };

export interface DoorQuestion {
  /** Its name, for SNI. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** What we greet with. */
  readonly helo: string;
  readonly signal: AbortSignal;
  readonly ca?: string;
  /** Hear the greeting and leave. */
  readonly withoutTls?: boolean;
}

const patience = { connectMs: 10_000, greetingMs: 15_000, helloMs: 10_000 };

/** Never rejects. */
export async function lookAtDoor(question: DoorQuestion): Promise<Door> {
  const { host, address, port, helo, signal, ca, withoutTls = false } = question;
  const at = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  let shown: ShownCertificates | undefined;
  try {
    const connection = await connectSmtp(
      {
        host,
        address,
        port,
        protocol: 'smtp',
        helo,
        timeouts: patience,
        tls: withoutTls
          ? { mode: 'none' }
          : {
              mode: 'opportunistic',
              // Looked at, not judged: whatever it is, it is told.
              judgePeer(certificates) {
                shown = certificates;
                return undefined;
              },
              ...(ca === undefined ? {} : { ca }),
            },
      },
      { signal },
    );
    const greeting = connection.greeting.text;
    await connection.close();
    return { kind: 'open', at, greeting, ...(shown === undefined ? {} : { shown }) };
  } catch (cause) {
    if (!(cause instanceof SmtpConnectionError)) throw cause;
    return { kind: 'closed', at, why: cause.message, phase: cause.phase };
  }
}
