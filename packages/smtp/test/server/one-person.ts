// Credentials of one person with one password, for dialogues about AUTH; and the client's side of SCRAM.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { type Credentials, deriveScramKeys, type LoginVerdict } from '@restante/sasl';
import type { Peer } from './peer.ts';

export const ana = { login: 'ana@home.example.test', password: 'ein Pferd' } as const;
const salt = Buffer.from('0123456789abcdef');
const iterations = 4096;

export class OnePerson implements Credentials {
  /** Said instead of looking at the secret. */
  verdict: LoginVerdict | undefined;
  readonly tries: string[] = [];

  async verifyPassword(login: string, password: string): Promise<LoginVerdict> {
    this.tries.push(login);
    return this.#judge(login === ana.login && password === ana.password);
  }

  async scramKeys() {
    const keys = await deriveScramKeys(ana.password, salt, iterations);
    if (keys === undefined) throw new Error('the password is fit');
    return keys;
  }

  async finishScram(login: string, isProven: boolean): Promise<LoginVerdict> {
    this.tries.push(login);
    return this.#judge(isProven && login === ana.login);
  }

  #judge(isRight: boolean): LoginVerdict {
    return this.verdict ?? (isRight ? { kind: 'in', account: ana.login } : { kind: 'refused' });
  }
}

export function plain(login: string = ana.login, password: string = ana.password): string {
  return Buffer.from(`\0${login}\0${password}`).toString('base64');
}

/** RFC 5802 §5, up to the server's last message; gives what the client has to say to it. */
export async function logsInByScram(
  peer: Peer,
  { binding, password = ana.password }: { readonly binding?: Buffer; readonly password?: string },
): Promise<string> {
  const gs2 = binding === undefined ? 'n,,' : 'p=tls-exporter,,';
  const name = `SCRAM-SHA-256${binding === undefined ? '' : '-PLUS'}`;
  const first = `n=${ana.login},r=${randomBytes(12).toString('base64')}`;
  const challenge = await peer.says(`AUTH ${name} ${encode(`${gs2}${first}`)}`, '334 *');
  const serverFirst = decode(challenge);
  const nonce = /r=([^,]+)/.exec(serverFirst)?.[1] ?? '';
  const cbind = Buffer.concat([Buffer.from(gs2), binding ?? Buffer.alloc(0)]).toString('base64');
  const withoutProof = `c=${cbind},r=${nonce}`;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const storedKey = createHash('sha256').update(clientKey).digest();
  const signature = hmac(storedKey, `${first},${serverFirst},${withoutProof}`);
  const proof = Buffer.from(
    clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)),
  ).toString('base64');
  peer.sends(`${encode(`${withoutProof},p=${proof}`)}\r\n`);
  return peer.reply();
}

export function decode(challenge: string): string {
  return Buffer.from(challenge.slice(4), 'base64').toString('utf8');
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
