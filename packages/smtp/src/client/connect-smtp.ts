// Opens a session: TCP, greeting, EHLO or LHLO, STARTTLS as the policy wants, EHLO again (RFC 5321 §3.1, RFC 3207).
// Comes back with a connection that takes messages, or throws an SmtpConnectionError that names the phase.
import { isPositive } from '@restante/mail-model';
import type { SmtpReply } from '@restante/mail-model';
import { noCapabilities, parseCapabilities } from './capabilities.ts';
import { runCommands } from './command-exchange.ts';
import { SmtpConnectionError } from './connection-error.ts';
import type { SmtpConnectionFailureCode } from './connection-error.ts';
import { openTcp, openTls, SocketTimeout } from './open-socket.ts';
import type {
  Capabilities,
  SmtpConnection,
  SmtpPhase,
  SmtpTarget,
  SmtpTimeouts,
} from './smtp-connection.ts';
import { SmtpSession } from './smtp-session.ts';
import { timeoutsOf } from './timeouts.ts';
import { Wire } from './wire.ts';
import { xclientLines } from './xforward.ts';

interface Opening {
  readonly target: SmtpTarget;
  readonly timeouts: SmtpTimeouts;
  readonly signal: AbortSignal | undefined;
  readonly peer: string;
}

/** See SmtpConnection for what comes back. */
export async function connectSmtp(
  target: SmtpTarget,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<SmtpConnection> {
  const peer = `${target.host}[${target.address}]:${target.port}`;
  const opening = { target, timeouts: timeoutsOf(target.timeouts), signal, peer };
  try {
    return await openSession(opening);
  } catch (cause) {
    if (!isTlsTrouble(cause) || target.tls.mode !== 'opportunistic' || signal?.aborted === true)
      throw cause;
    // RFC 7435 §3: who would have taken clear text takes it when encryption cannot be had.
    return openSession({ ...opening, target: { ...target, tls: { mode: 'none' } } });
  }
}

async function openSession(opening: Opening): Promise<SmtpConnection> {
  const { target, timeouts, signal, peer } = opening;
  const wait = { timeoutMs: timeouts.connectMs, signal };
  const startedMs = performance.now();
  const socket = await openTcp(target, wait).catch((cause: unknown) => {
    throw socketTrouble('SMTP_UNREACHABLE', { cause, phase: 'connect', peer, signal });
  });
  const roundTripMs = performance.now() - startedMs;
  const session = { wire: new Wire(socket) };
  const onAbort = () =>
    session.wire.fail({
      code: 'SMTP_STOPPED',
      detail: 'stopped while connecting',
      cause: signal?.reason,
    });
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const { greeting, capabilities } = await introduce(opening, session);
    return new SmtpSession({
      ...session,
      target,
      greeting,
      capabilities,
      timeouts,
      roundTripMs,
      peer,
    });
  } catch (cause) {
    session.wire.fail({ code: 'SMTP_STOPPED', detail: 'no session came to be' });
    throw cause;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Everything between the first octet and the first MAIL. Puts the wire inside TLS into `session`. */
async function introduce(
  opening: Opening,
  session: { wire: Wire },
): Promise<{ readonly greeting: SmtpReply; readonly capabilities: Capabilities }> {
  const { target, timeouts } = opening;
  const greeting = await ask(opening, session.wire, {
    phase: 'greeting',
    timeoutMs: timeouts.greetingMs,
  });
  if (greeting.code !== 220) throw refusedBy(opening, { phase: 'greeting', reply: greeting });

  let capabilities = await hello(opening, session.wire);
  if (target.tls.mode !== 'none') {
    const secured = await startTls(opening, { wire: session.wire, capabilities });
    if (secured !== undefined) {
      session.wire = secured;
      // RFC 3207 §4.2: what was said in clear text is forgotten.
      capabilities = await hello(opening, secured);
    }
  }
  for (const line of xclientLines(target.xclient, capabilities)) {
    const reply = await ask(opening, session.wire, {
      phase: 'hello',
      line,
      timeoutMs: timeouts.helloMs,
    });
    if (!isPositive(reply)) throw refusedBy(opening, { phase: 'hello', reply });
    capabilities = await hello(opening, session.wire);
  }
  return { greeting, capabilities };
}

async function hello(opening: Opening, wire: Wire): Promise<Capabilities> {
  const { target, timeouts } = opening;
  const verb = target.protocol === 'lmtp' ? 'LHLO' : 'EHLO';
  const timeoutMs = timeouts.helloMs;
  const reply = await ask(opening, wire, {
    phase: 'hello',
    line: `${verb} ${target.helo}\r\n`,
    timeoutMs,
  });
  if (reply.code === 250) return parseCapabilities(reply);

  // RFC 5321 §3.2: a server that does not know EHLO may know HELO. LMTP knows no such past.
  const mayBeOld = reply.code >= 500 && target.protocol === 'smtp';
  if (!mayBeOld) throw refusedBy(opening, { phase: 'hello', reply });
  const second = await ask(opening, wire, {
    phase: 'hello',
    line: `HELO ${target.helo}\r\n`,
    timeoutMs,
  });
  if (second.code !== 250) throw refusedBy(opening, { phase: 'hello', reply: second });
  return noCapabilities;
}

/** Undefined: it stays clear text, as the policy allows. */
async function startTls(
  opening: Opening,
  { wire, capabilities }: { readonly wire: Wire; readonly capabilities: Capabilities },
): Promise<Wire | undefined> {
  const { target, timeouts, signal, peer } = opening;
  const phase = 'starttls';
  const isRequired = target.tls.mode === 'required';
  if (!capabilities.has('STARTTLS')) {
    if (isRequired) throw new SmtpConnectionError('SMTP_TLS_NOT_OFFERED', { phase, peer });
    return undefined;
  }
  const reply = await ask(opening, wire, {
    phase,
    line: 'STARTTLS\r\n',
    timeoutMs: timeouts.helloMs,
  });
  if (reply.code !== 220) {
    if (isRequired) throw new SmtpConnectionError('SMTP_TLS_NOT_OFFERED', { phase, peer, reply });
    return undefined;
  }
  // RFC 3207 §6: octets behind the 220 were not said by whom we are about to authenticate.
  if (!wire.detach()) {
    wire.socket.destroy();
    throw new SmtpConnectionError('SMTP_GARBAGE', {
      phase,
      peer,
      detail: 'more came behind the answer to STARTTLS',
    });
  }
  const wait = { timeoutMs: timeouts.helloMs, signal };
  const secured = await openTls(wire.socket, target, wait).catch((cause: unknown) => {
    wire.socket.destroy();
    throw socketTrouble('SMTP_TLS_FAILED', { cause, phase, peer, signal });
  });
  return new Wire(secured);
}

interface Question {
  readonly phase: SmtpPhase;
  readonly timeoutMs: number;
  /** Absent: the server speaks first. */
  readonly line?: string;
}

async function ask(
  { peer }: Opening,
  wire: Wire,
  { phase, timeoutMs, line }: Question,
): Promise<SmtpReply> {
  const answer = await runCommands(wire, { lines: line === undefined ? [] : [line], timeoutMs });
  if (answer.kind === 'lost')
    throw new SmtpConnectionError(answer.loss.code, { phase, peer, ...answer.loss });
  const [reply] = answer.replies;
  if (reply === undefined) throw new SmtpConnectionError('SMTP_GARBAGE', { phase, peer });
  return reply;
}

function refusedBy(
  { peer }: Opening,
  { phase, reply }: { readonly phase: SmtpPhase; readonly reply: SmtpReply },
): SmtpConnectionError {
  return new SmtpConnectionError('SMTP_REFUSED', { phase, peer, reply });
}

function socketTrouble(
  code: SmtpConnectionFailureCode,
  at: {
    readonly cause: unknown;
    readonly phase: SmtpPhase;
    readonly peer: string;
    readonly signal: AbortSignal | undefined;
  },
): SmtpConnectionError {
  const { cause, phase, peer, signal } = at;
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (signal?.aborted === true)
    return new SmtpConnectionError('SMTP_STOPPED', { phase, peer, detail, cause });
  const isTimeout = cause instanceof SocketTimeout && code === 'SMTP_UNREACHABLE';
  return new SmtpConnectionError(isTimeout ? 'SMTP_TIMEOUT' : code, { phase, peer, detail, cause });
}

function isTlsTrouble(cause: unknown): boolean {
  if (!(cause instanceof SmtpConnectionError) || cause.phase !== 'starttls') return false;
  return (
    cause.code === 'SMTP_TLS_FAILED' || cause.code === 'SMTP_LOST' || cause.code === 'SMTP_TIMEOUT'
  );
}
