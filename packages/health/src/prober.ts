// One probe of one peer, stage by stage: TCP -> greeting -> EHLO -> STARTTLS -> RCPT of a canary -> HTTPS /v1/health.
//
// Promises
// - A result names the first stage that failed; half-alive is not alive (a listener without a greeting, a server that says
//   4xx to every recipient, a site that says of itself that it does not accept).
// - Every stage and the probe as a whole end in time. Never throws.
// - Every probe makes its own connections: it finds out whether new ones are possible, which is what mail needs.
import type { SmtpReply } from '@restante/mail-model';
import { formatReply, isPermanent, isPositive } from '@restante/mail-model';
import type { Clock } from '@restante/runtime';
import type { ConnectSmtp, SmtpPhase, SmtpTarget, SmtpTimeouts } from '@restante/smtp';
import type { PeerLoad, ProbeResult, ProbeStage } from './peer-health.ts';

export interface ProberOptions {
  /** Where the peer's SMTP is now; looks its name up. For a Restante peer the TLS policy demands the cluster's CA. */
  readonly smtp: () => Promise<SmtpTarget>;
  readonly connect: ConnectSmtp;
  /** Address that RCPT is asked for. Whether somebody lives there does not matter. */
  readonly canary: string;
  /** Restante peers only: what the site says of itself. */
  readonly askHealth?: AskHealth;
  readonly stageTimeoutMs: number;
  readonly probeTimeoutMs: number;
  readonly clock: Clock;
}

export type AskHealth = (signal: AbortSignal) => Promise<PeerLoad>;

export type Probe = (signal?: AbortSignal) => Promise<ProbeResult>;

/** Ends a probe at a stage, with a sentence for the operator. */
class ProbeFailure extends Error {
  readonly stage: ProbeStage;

  constructor(stage: ProbeStage, problem: string) {
    super(problem);
    this.stage = stage;
  }
}

const stageOf: Readonly<Partial<Record<SmtpPhase, ProbeStage>>> = {
  connect: 'tcp',
  greeting: 'greeting',
  hello: 'ehlo',
  starttls: 'starttls',
};

export function createProber(options: ProberOptions): Probe {
  const { clock, stageTimeoutMs, probeTimeoutMs } = options;

  return async (signal) => {
    const startedMs = clock.monotonicMs();
    const deadline = AbortSignal.timeout(probeTimeoutMs);
    const both = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    const durationMs = () => clock.monotonicMs() - startedMs;
    try {
      await probeSmtp(options, both);
      if (options.askHealth === undefined) return { ok: true, durationMs: durationMs() };
      const load = await probeHealth(
        options.askHealth,
        AbortSignal.any([both, AbortSignal.timeout(stageTimeoutMs)]),
      );
      return { ok: true, durationMs: durationMs(), load };
    } catch (cause) {
      const { stage, message } =
        cause instanceof ProbeFailure ? cause : new ProbeFailure('tcp', reasonOf(cause));
      return { ok: false, durationMs: durationMs(), stage, problem: message };
    }
  };
}

async function probeSmtp(
  { smtp, connect, canary, stageTimeoutMs }: ProberOptions,
  signal: AbortSignal,
): Promise<void> {
  const target = await smtp().catch((cause: unknown) => {
    throw new ProbeFailure('tcp', `Its address is not known: ${reasonOf(cause)}`);
  });
  const timeouts = everyPhase(stageTimeoutMs);
  const connection = await connect({ ...target, timeouts }, { signal }).catch((cause: unknown) => {
    throw new ProbeFailure(stageOf[phaseOf(cause)] ?? 'ehlo', reasonOf(cause));
  });
  try {
    const reply = await connection.tryRecipient(canary);
    if (!isSignOfLife(reply))
      throw new ProbeFailure('rcpt', `It answered RCPT with ${formatReply(reply)}.`);
  } catch (cause) {
    throw cause instanceof ProbeFailure ? cause : new ProbeFailure('rcpt', reasonOf(cause));
  } finally {
    // Not waited for: a slow goodbye says nothing about the peer.
    void connection.close().catch(() => connection.destroy());
  }
}

/**
 * A definite "no such user" is an answer like any other: the domain asked for may have no people yet. A 4xx means that mail
 * would not get in now (half-alive), whatever the reason.
 */
function isSignOfLife(reply: SmtpReply): boolean {
  return isPositive(reply) || isPermanent(reply);
}

async function probeHealth(ask: AskHealth, signal: AbortSignal): Promise<PeerLoad> {
  const load = await ask(signal).catch((cause: unknown) => {
    throw new ProbeFailure('http', reasonOf(cause));
  });
  if (!load.isAccepting)
    throw new ProbeFailure('http', 'It says that it does not accept mail now.');
  return load;
}

function everyPhase(timeoutMs: number): SmtpTimeouts {
  return {
    connectMs: timeoutMs,
    greetingMs: timeoutMs,
    helloMs: timeoutMs,
    mailMs: timeoutMs,
    rcptMs: timeoutMs,
    dataMs: timeoutMs,
    bodyMs: timeoutMs,
    endOfDataMs: timeoutMs,
  };
}

function phaseOf(cause: unknown): SmtpPhase {
  const phase = cause instanceof Error && 'phase' in cause ? cause.phase : undefined;
  return phases.find((known) => known === phase) ?? 'connect';
}

const phases: readonly SmtpPhase[] = [
  'connect',
  'greeting',
  'hello',
  'starttls',
  'mail',
  'rcpt',
  'data',
  'body',
  'end-of-data',
  'quit',
];

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
