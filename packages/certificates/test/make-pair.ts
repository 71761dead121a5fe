// Certificates for tests: any names, any life, ECDSA or RSA, signed by themselves.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeyAndChain } from '@restante/certificates';

export interface PairWishes {
  readonly names?: readonly string[];
  readonly beginsAtMs?: number;
  readonly expiresAtMs?: number;
  readonly isRsa?: boolean;
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
} as const;

export async function makePair({
  names = ['mx.example.test'],
  beginsAtMs = Date.now() - 60_000,
  expiresAtMs = Date.now() + 86_400_000,
  isRsa = false,
}: PairWishes = {}): Promise<KeyAndChain> {
  const algorithm = isRsa ? rsa : ecdsa;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=made for a test',
      notBefore: new Date(beginsAtMs),
      notAfter: new Date(expiresAtMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: 'dns' as const, value })),
        ),
      ],
    },
    webcrypto,
  );
  const key = PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  return { key: `${key}\n`, cert: `${certificate.toString('pem')}\n` };
}
