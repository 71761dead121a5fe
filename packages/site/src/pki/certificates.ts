// Makes the certificates of a cluster: one authority of its own, and one certificate per site signed by it.
//
// P-256 with SHA-256: every TLS library of the last ten years speaks it. A site's certificate is good for both ends of a
// connection, because sites call each other; its common name is the site's name, which is how peers know each other.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface KeyAndCertificate {
  /** PEM, PKCS #8. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

export interface SiteName {
  readonly name: string;
  readonly hostname: string;
  /** Further addresses that peers connect to. */
  readonly addresses?: readonly string[];
}

const dayMs = 86_400_000;
const caDays = 3653;
// Longer is refused by some TLS stacks (825 days was the limit of the public authorities when there was still such a limit).
const siteDays = 825;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function makeAuthority(
  clusterName: string,
  nowMs: number,
): Promise<KeyAndCertificate> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ O: [clusterName] }, { CN: [`${clusterName} cluster CA`] }],
      ...validity(nowMs, caDays),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        // RFC 5280 §4.2.1.9: an authority, and one that makes no further authorities.
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { key: await pemOf(keys.privateKey), cert: `${certificate.toString('pem')}\n` };
}

export async function makeSiteCertificate(
  authority: KeyAndCertificate,
  site: SiteName,
  nowMs: number,
): Promise<KeyAndCertificate> {
  const issuer = new X509Certificate(authority.cert);
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ CN: [site.name] }],
      issuer: issuer.subjectName,
      ...validity(nowMs, siteDays, issuer.notAfter),
      publicKey: keys.publicKey,
      signingKey: await readKey(authority.key),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        // RFC 5280 §4.2.1.12: a site is server and client.
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: site.hostname },
          ...(site.addresses ?? [])
            .filter((address) => isIP(address) !== 0)
            .map((address) => ({ type: 'ip' as const, value: address })),
        ]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { key: await pemOf(keys.privateKey), cert: `${certificate.toString('pem')}\n` };
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, [
    'sign',
  ]);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** From a day ago, because the other site's clock may be behind; never beyond the authority's own end. */
function validity(
  nowMs: number,
  days: number,
  latest?: Date,
): { readonly notBefore: Date; readonly notAfter: Date } {
  const end = nowMs + days * dayMs;
  return {
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(Math.min(end, latest?.getTime() ?? end)),
  };
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets, and nobody can guess it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
