// Every login of the site comes by here: guard, secret, verdict, count, audit line, in this order.
import type { LoginVerdict, ScramKeys, ScramProof } from '@restante/sasl';
import type { Clock } from '@restante/runtime';
import type { Account, AccountBook } from '../account-book.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { AccountsError } from '../errors.ts';
import type { Gate, LoginGuard } from '../guard/login-guard.ts';
import { placeOf } from '../guard/network-of.ts';
import type { LoginEnd, LoginOrigin } from '../logins.ts';
import { checkSecret, type SecretCheck } from './check-secret.ts';
import { RecentPasswords } from './recent-passwords.ts';
import { Turns } from './turns.ts';

export interface LoginDeskParts {
  readonly book: AccountBook;
  readonly guard: LoginGuard;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly onEnd: (end: LoginEnd) => void;
  /** Our own trouble: the client hears "try again later", the log hears why. */
  readonly onTrouble: (cause: unknown) => void;
}

/** Somebody at the desk; the account is missing when nobody has the name. */
interface Visitor {
  readonly origin: LoginOrigin;
  readonly name: string;
  readonly account: Account | undefined;
  readonly mechanism: string;
}

const nameMaxLength = 320;

export class LoginDesk {
  readonly #parts: LoginDeskParts;
  readonly #turns = new Turns();
  readonly #recent: RecentPasswords;

  constructor(parts: LoginDeskParts) {
    this.#parts = parts;
    this.#recent = new RecentPasswords(parts.clock);
  }

  async verifyPassword(
    origin: LoginOrigin,
    { login, password, mechanism }: { login: string; password: string; mechanism: string },
  ): Promise<LoginVerdict> {
    const { book } = this.#parts;
    const visitor = this.#visitor(origin, login, mechanism);
    // Told apart from other guesses without being kept: only this book can make the mark.
    const mark = book.secrets.markOf(`${visitor.name}\0${password}`);
    return this.#serve(visitor, mark, async () =>
      checkSecret(book, this.#recent, {
        account: visitor.account?.address,
        password,
        protocol: origin.protocol,
      }),
    );
  }

  scramKeys(origin: LoginOrigin, login: string): ScramKeys {
    const { name } = this.#visitor(origin, login, 'SCRAM');
    return this.#parts.book.secrets.scramKeysOf(name, origin.protocol);
  }

  async finishScram(
    origin: LoginOrigin,
    { login, isProven, proof }: { login: string; isProven: boolean; proof: ScramProof | undefined },
  ): Promise<LoginVerdict> {
    const visitor = this.#visitor(origin, login, proof?.mechanism ?? 'SCRAM-SHA-256');
    return this.#serve(visitor, undefined, async () => {
      if (visitor.account === undefined) return { kind: 'wrong', why: 'unknown-account' };
      if (!isProven) return { kind: 'wrong', why: 'wrong-password' };
      return { kind: 'right', ...(proof?.label !== undefined && { appPassword: proof.label }) };
    });
  }

  async #serve(
    visitor: Visitor,
    mark: string | undefined,
    check: () => Promise<SecretCheck>,
  ): Promise<LoginVerdict> {
    const key = `${placeOf(visitor.origin.address).household}\0${visitor.name}`;
    const served = this.#turns.take(key, async () => this.#serveInTurn(visitor, mark, check));
    if (served === undefined) return this.#end(visitor, { kind: 'wait', seconds: 1 });
    // The border of the logins: whatever goes wrong here is temporary for the client (design law 7).
    return served.catch((cause: unknown) => {
      const isBusy = cause instanceof AccountsError && cause.code === 'PASSWORD_QUEUE_FULL';
      if (!isBusy) this.#parts.onTrouble(cause);
      return this.#end(visitor, { kind: 'unavailable' }, isBusy ? 'busy' : 'trouble');
    });
  }

  async #serveInTurn(
    visitor: Visitor,
    mark: string | undefined,
    check: () => Promise<SecretCheck>,
  ): Promise<LoginVerdict> {
    const { guard, clock } = this.#parts;
    const attempt = { from: visitor.origin.address, name: visitor.name };
    const gate = await guard.look(attempt);
    if (gate.kind === 'wait') return this.#end(visitor, gate);
    if (gate.slowMs > 0) await clock.sleep(gate.slowMs);
    const checked = await check();
    if (checked.kind === 'wrong') {
      await guard.failed(attempt, mark);
      return this.#end(visitor, { kind: 'refused' }, checked.why);
    }
    return this.#welcome(visitor, gate, checked.appPassword);
  }

  async #welcome(
    visitor: Visitor,
    gate: Gate & { readonly kind: 'open' },
    appPassword: string | undefined,
  ): Promise<LoginVerdict> {
    const { guard, book } = this.#parts;
    await guard.succeeded({ from: visitor.origin.address, name: visitor.name }, gate);
    // Looked up again: checking took its time, and it may have been suspended or removed meanwhile.
    const account = book.account(visitor.name);
    if (account === undefined) return this.#end(visitor, { kind: 'refused' }, 'unknown-account');
    if (account.state === 'suspended')
      return this.#end(visitor, { kind: 'suspended' }, undefined, appPassword);
    book.secrets.noteLogin(account.address, appPassword);
    return this.#end(visitor, { kind: 'in', account: account.address }, undefined, appPassword);
  }

  #visitor(origin: LoginOrigin, login: string, mechanism: string): Visitor {
    const { book } = this.#parts;
    const canonical = book.canonical(login)?.address;
    const account = canonical === undefined ? undefined : book.account(canonical);
    const name = canonical ?? login.normalize('NFC').toLowerCase().slice(0, nameMaxLength);
    return { origin, name, account, mechanism };
  }

  #end(
    { origin, name, account, mechanism }: Visitor,
    verdict: LoginVerdict,
    why?: string,
    appPassword?: string,
  ): LoginVerdict {
    const { audit, book, clock, onEnd } = this.#parts;
    const end: LoginEnd = {
      protocol: origin.protocol,
      address: origin.address,
      // What is no address may be a password in the wrong field.
      account: account?.address ?? (book.canonical(name) === undefined ? '(no address)' : name),
      mechanism,
      outcome: verdict.kind,
      ...(why !== undefined && { why }),
      ...(appPassword !== undefined && { appPassword }),
    };
    audit.write({ at: new Date(clock.now()).toISOString(), ...end, isPrivate: origin.isPrivate });
    onEnd(end);
    return verdict;
  }
}
