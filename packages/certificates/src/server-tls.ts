// What our servers demand of TLS, in one place: SMTP, IMAP, POP3 and HTTPS all take their options from here.
//
// TLS 1.2 and newer, forward secrecy and authenticated encryption only, our own order of ciphers. RFC 9325 §3.1.1 and §4.2 is
// the rule; RFC 8996 and RFC 8997 take TLS 1.1 away. Session tickets are off: Node keeps one ticket key for the life of the
// process, which would undo forward secrecy (RFC 9325 §3.4), and STARTTLS has no server to rotate it at.
import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions, Server, TlsOptions } from 'node:tls';
import type { CertificateSource, KeyAndChain } from './certificate-source.ts';

/** For a listener that brings its own key and certificate. */
export const tlsFloor = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  honorCipherOrder: true,
  // The hybrid first: what is written down today should not be readable by tomorrow's machines.
  ecdhCurve: 'X25519MLKEM768:X25519:P-256:P-384',
  secureOptions:
    constants.SSL_OP_NO_TICKET |
    constants.SSL_OP_NO_RENEGOTIATION |
    constants.SSL_OP_NO_COMPRESSION |
    constants.SSL_OP_CIPHER_SERVER_PREFERENCE,
} as const satisfies SecureContextOptions & Pick<TlsOptions, 'minVersion'>;

export type ServerTlsOptions = KeyAndChain &
  typeof tlsFloor & {
    SNICallback(name: string, done: (failure: Error | null, context?: SecureContext) => void): void;
  };

/**
 * For tls.createServer(), https and new TLSSocket(socket, { isServer: true, ...options }). Whoever names a server (SNI) gets
 * the pair as it is at that moment, of the source whose certificate is for that name, or the first one's; whoever does not gets the
 * one of the moment of this call: take the options anew for every STARTTLS, and followCertificate() for a listener.
 */
export function serverTlsOptions(
  source: CertificateSource,
  others: readonly CertificateSource[] = [],
): ServerTlsOptions {
  const { key, cert } = source.current();
  return {
    ...tlsFloor,
    key,
    cert,
    SNICallback: (name, done) => {
      const meant = [source, ...others].find((each) => leafOf(each).checkHost(name) !== undefined);
      done(null, secureContextOf(meant ?? source));
    },
  };
}

const contexts = new WeakMap<KeyAndChain, SecureContext>();

/** The context of the current pair, made once for each pair: parsing a key for every session would be felt. */
export function secureContextOf(source: Pick<CertificateSource, 'current'>): SecureContext {
  const pair = source.current();
  const made = contexts.get(pair);
  if (made) return made;
  const context = createSecureContext({ ...tlsFloor, key: pair.key, cert: pair.cert });
  contexts.set(pair, context);
  return context;
}

/** Gives a listening TLS server every new pair, for clients that name no server. */
export function followCertificate(
  server: Pick<Server, 'setSecureContext'>,
  source: CertificateSource,
): Disposable {
  return source.onChange(() => {
    const { key, cert } = source.current();
    server.setSecureContext({ ...tlsFloor, key, cert });
  });
}

const leaves = new WeakMap<KeyAndChain, X509Certificate>();

function leafOf(source: CertificateSource): X509Certificate {
  const pair = source.current();
  const leaf = leaves.get(pair) ?? new X509Certificate(pair.cert);
  leaves.set(pair, leaf);
  return leaf;
}
