// A new key and the request for a certificate over it (PKCS #10), all names in subjectAltName (RFC 8555 §7.4).
import { webcrypto } from 'node:crypto';

export interface CertificateRequest {
  /** PEM, PKCS #8. A key of its own for every certificate. */
  readonly key: string;
  /** base64url of DER, as finalize wants it. */
  readonly csr: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function makeCertificateRequest(
  names: readonly string[],
): Promise<CertificateRequest> {
  // Loaded when it is needed, and in this order.
  await import('reflect-metadata');
  const { PemConverter, Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } =
    await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new SubjectAlternativeNameExtension(
          names.map((name) => ({ type: 'dns' as const, value: name })),
        ),
      ],
    },
    webcrypto,
  );
  const key = PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  return { key: `${key}\n`, csr: Buffer.from(request.rawData).toString('base64url') };
}
