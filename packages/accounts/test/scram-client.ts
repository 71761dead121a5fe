// The client's side of SCRAM-SHA-256 (RFC 5802 §3), for tests.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { createSaslExchange, type Credentials, type LoginVerdict, saslPrep } from '@restante/sasl';

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

export async function scramLogin(
  credentials: Credentials,
  login: string,
  password: string,
): Promise<LoginVerdict> {
  const exchange = createSaslExchange('SCRAM-SHA-256', { credentials });
  const bare = `n=${login},r=abc`;
  const first = await exchange?.next(Buffer.from(`n,,${bare}`));
  if (first?.kind !== 'challenge')
    throw new Error(`No challenge: ${first?.kind ?? 'no exchange'}.`);
  const challenge = first.bytes.toString();
  const [, nonce = '', salt = '', count = ''] =
    /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge) ?? [];
  const prepared = saslPrep(password) ?? '';
  const salted = pbkdf2Sync(prepared, Buffer.from(salt, 'base64'), Number(count), 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  const withoutProof = `c=biws,r=${nonce}`;
  const signed = `${bare},${challenge},${withoutProof}`;
  const signature = hmac(createHash('sha256').update(clientKey).digest(), signed);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
  const last = await exchange?.next(Buffer.from(`${withoutProof},p=${proof.toString('base64')}`));
  if (last?.kind !== 'end') throw new Error(`No end: ${last?.kind ?? ''}.`);
  if (last.verdict.kind !== 'in') return last.verdict;
  const expected = `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`;
  if (last.last?.toString() !== expected) throw new Error('The server did not prove itself.');
  return last.verdict;
}
