// The certificate this site shows the world: where the cluster file says it comes from, one source for every listener.
//
//   files    those of [site.tls], read again when they change; without [site.tls]: that of the cluster's CA
//   acme     ordered and renewed by the site itself; the challenges are answered at listen.web
//   cluster  that of the cluster's own CA, for trying things out
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAcmeCertificates,
  createFileCertificates,
  fixedCertificate,
  type CertificateEventSink,
  type CertificateSource,
  type ChallengeBook,
} from '@restante/certificates';
import { Secret, type Clock } from '@restante/runtime';
import type { SiteView } from './cluster-config.ts';
import type { SitePki } from './pki/read-site-pki.ts';

export interface CertificateParts {
  readonly view: SiteView;
  readonly pki: SitePki;
  readonly challenges: ChallengeBook;
  /** Names of our domains that clients ask for: autoconfig, mta-sts ... */
  readonly clientNames: readonly string[];
  readonly clock: Clock;
  readonly onEvent: CertificateEventSink;
}

export async function openCertificates(parts: CertificateParts): Promise<CertificateSource> {
  const { view, pki, clock, onEvent } = parts;
  const { tls } = view.site;
  const { from } = view.certificates;
  if (from === 'acme') return orderCertificates(parts);
  if (from === 'files' && tls !== undefined)
    return createFileCertificates({ keyFile: tls.key, certFile: tls.cert, clock, onEvent });
  return fixedCertificate({ key: pki.key, cert: pki.cert }, clock.now());
}

async function orderCertificates(parts: CertificateParts): Promise<CertificateSource> {
  const { view, pki, challenges, clientNames, clock, onEvent } = parts;
  const { acmeDirectory, acmeContacts, acmeCa, acmeKeyId, acmeKeyFile, names } = view.certificates;
  const hmacKey =
    acmeKeyFile === undefined
      ? undefined
      : new Secret((await readFile(acmeKeyFile, 'utf8')).trim());
  return createAcmeCertificates({
    dir: join(view.site.dir, 'acme'),
    directoryUrl: acmeDirectory,
    contacts: acmeContacts,
    names: [view.site.hostname, ...names, ...clientNames],
    challenges,
    fallback: { key: pki.key, cert: pki.cert },
    clock,
    onEvent,
    ...(acmeCa === undefined ? {} : { trusted: await readFile(acmeCa, 'utf8') }),
    ...(acmeKeyId === undefined || hmacKey === undefined
      ? {}
      : { externalAccount: { keyId: acmeKeyId, hmacKey } }),
  });
}
