// One question to the servers we have: in order, again when nobody answered, over TCP when the answer does not fit.
//
//   no answer           the next server; after the last one the first again, with more patience
//   SERVFAIL, REFUSED   the next server; when all of them say so, that is the answer
//   TC                  the same server over TCP (RFC 7766 §5)
//   FORMERR with EDNS   the same server without EDNS (RFC 6891 §6.2.2)
//   case not kept       the same server over TCP; when that fails, from then on without mixed case
import type { Packet } from 'dns2';
import { askOverTcp, askOverUdp } from './ask-server.ts';
import type { Asking, Server, ServerAnswer } from './ask-server.ts';
import type { DnsFailureCode } from './errors.ts';
import { interpret } from './interpret.ts';
import type { Finding } from './interpret.ts';
import { makeQuestion } from './question.ts';
import type { RecordType } from './resolver.ts';

export interface Tally {
  sent: number;
  timeouts: number;
  overTcp: number;
  ignored: number;
}

export interface Askers {
  servers(): readonly Server[];
  /** Patience with one packet in the first round; doubles with every round. */
  readonly timeoutMs: number;
  /** Further rounds when nobody answered. */
  readonly retries: number;
  readonly wantsDnssec: boolean;
  readonly tally: Tally;
}

export interface Asked<T extends RecordType> {
  readonly name: string;
  readonly type: T;
  /** The whole of it ends here. */
  readonly signal: AbortSignal;
}

export interface ServerFinding<T extends RecordType> {
  readonly finding: Finding<T>;
  readonly isAuthenticated: boolean;
}

/** What we have learnt of a server. */
interface Habits {
  keepsCase: boolean;
  knowsEdns: boolean;
}

export function createServerAsker(askers: Askers) {
  const habits = new Map<string, Habits>();
  let first = 0;

  /** One exchange with one server, with all that this server needs. */
  async function askOne<T extends RecordType>(
    server: Server,
    { name, type, signal }: Asked<T>,
    timeoutMs: number,
  ): Promise<ServerAnswer> {
    const key = `${server.host} ${server.port}`;
    const habit = habits.get(key) ?? { keepsCase: true, knowsEdns: true };
    habits.set(key, habit);
    const asking = (): Asking => {
      askers.tally.sent += 1;
      const question = makeQuestion({
        name,
        type,
        isCaseMixed: habit.keepsCase,
        hasEdns: habit.knowsEdns,
        wantsDnssec: askers.wantsDnssec,
      });
      return {
        server,
        question,
        timeoutMs,
        signal,
        onIgnored: () => {
          askers.tally.ignored += 1;
        },
      };
    };
    const overTcp = () => {
      askers.tally.overTcp += 1;
      return askOverTcp({ ...asking(), timeoutMs: timeoutMs * 2 });
    };

    let answer = await askOverUdp(asking());
    if (answer.kind === 'timeout' && answer.caseFolded && !signal.aborted) {
      answer = await overTcp();
      if (answer.kind !== 'packet') habit.keepsCase = false;
    }
    if (
      answer.kind === 'packet' &&
      habit.knowsEdns &&
      (answer.packet.header.rcode === 1 || answer.packet.header.rcode === 16)
    ) {
      habit.knowsEdns = false;
      answer = await askOverUdp(asking());
    }
    if (answer.kind === 'packet' && answer.packet.header.tc === 1 && !signal.aborted)
      answer = await overTcp();
    return answer;
  }

  return async function askServers<T extends RecordType>(
    asked: Asked<T>,
  ): Promise<ServerFinding<T>> {
    let code: DnsFailureCode = 'ETIMEOUT';
    for (let round = 0; round <= askers.retries; round += 1) {
      const servers = askers.servers();
      const patienceMs = askers.timeoutMs * 2 ** round;
      let isAnsweredByAll = servers.length > 0;
      for (let index = 0; index < servers.length && !asked.signal.aborted; index += 1) {
        const position = (first + index) % servers.length;
        const server = servers[position];
        if (!server) continue;
        const answer = await askOne(server, asked, patienceMs);
        if (answer.kind === 'packet') {
          const finding = readFinding(answer.packet, asked);
          if (finding.kind !== 'failure') {
            first = position; // The next question begins with a server that answers.
            return { finding, isAuthenticated: isTrusted(server, answer.packet) };
          }
          code = finding.code;
        } else {
          isAnsweredByAll = false;
          askers.tally.timeouts += 1;
          if (code === 'ETIMEOUT' && answer.kind === 'unreachable') code = 'ECONNREFUSED';
        }
      }
      if (isAnsweredByAll || asked.signal.aborted) break;
    }
    return { finding: { kind: 'failure', code }, isAuthenticated: false };
  };
}

/** TC over TCP makes no sense and must not become "there is nothing". */
function readFinding<T extends RecordType>(packet: Packet, asked: Asked<T>): Finding<T> {
  return packet.header.tc === 1 ? { kind: 'failure', code: 'EBADRESP' } : interpret(packet, asked);
}

/** AD is one bit that anybody on the way may set; it is believed from this very machine only. */
function isTrusted({ host }: Server, packet: Packet): boolean {
  const isHere = host === '::1' || host.startsWith('127.');
  return isHere && (packet.header as { readonly ad?: number }).ad === 1;
}
