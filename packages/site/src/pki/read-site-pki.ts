// What a node needs of the cluster's certificates, checked before it is used: a wrong one should stop the start with a
// remedy, not the first hop in the night with a TLS alert.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@restante/runtime';
import { PkiError } from './errors.ts';

/** PEM texts. */
export interface SitePki {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface PkiRow {
  /** "ca" or a site's name. */
  readonly name: string;
  readonly file: string;
  readonly subject: string;
  readonly hostnames: readonly string[];
  readonly notAfterMs: number;
  /** Whole days left; negative when it is over. */
  readonly daysLeft: number;
  readonly fingerprint: string;
}

/** Throws PkiError with the remedy when anything about them would not work. */
export async function readSitePki(
  dir: string,
  site: string,
  clock: Pick<Clock, 'now'>,
): Promise<SitePki> {
  const files = {
    ca: join(dir, 'ca.crt'),
    cert: join(dir, `${site}.crt`),
    key: join(dir, `${site}.key`),
  };
  const ca = await readPem(
    files.ca,
    'CA_MISSING',
    'Run: restante cluster init, or copy ca.crt from where it was made.',
  );
  const howToMake = `Run: restante cluster init, and bring ${site}.crt and ${site}.key here.`;
  const cert = await readPem(files.cert, 'CERTIFICATE_MISSING', howToMake);
  const key = await readPem(files.key, 'CERTIFICATE_MISSING', howToMake);

  const authority = parse(ca, files.ca);
  const own = parse(cert, files.cert);
  checkTime(
    authority,
    files.ca,
    clock,
    'Make a new authority: move the directory away and run restante cluster init at every site.',
  );
  checkTime(
    own,
    files.cert,
    clock,
    `Run: restante cluster renew ${site}, and bring the new files here.`,
  );
  if (!own.checkIssued(authority) || !own.verify(authority.publicKey)) {
    throw new PkiError('CERTIFICATE_FOREIGN', {
      file: files.cert,
      remedy: "Bring ca.crt and the site's files from the same authority.",
    });
  }
  if (!matches(own, key, files.key)) {
    throw new PkiError('KEY_MISMATCH', {
      file: files.key,
      remedy: `Run: restante cluster renew ${site}`,
    });
  }
  return { ca, cert, key };
}

/** The authority and the sites whose certificates are here; what is missing is left out. */
export async function describePki(
  dir: string,
  sites: readonly string[],
  clock: Pick<Clock, 'now'>,
): Promise<readonly PkiRow[]> {
  const rows: PkiRow[] = [];
  for (const name of ['ca', ...sites]) {
    const file = join(dir, `${name}.crt`);
    const pem = await readFile(file, 'utf8').catch(() => undefined); // Missing is an answer here: no row.
    if (pem === undefined) continue;
    const certificate = parse(pem, file);
    const notAfterMs = certificate.validToDate.getTime();
    rows.push({
      name,
      file,
      subject: certificate.subject.replaceAll('\n', ', '),
      hostnames: (certificate.subjectAltName ?? '')
        .split(', ')
        .filter((each) => each !== '')
        .map((each) => each.replace(/^(DNS|IP Address):/, '')),
      notAfterMs,
      daysLeft: Math.floor((notAfterMs - clock.now()) / 86_400_000),
      fingerprint: certificate.fingerprint256,
    });
  }
  return rows;
}

async function readPem(
  file: string,
  missing: 'CA_MISSING' | 'CERTIFICATE_MISSING',
  remedy: string,
): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new PkiError(
      isMissing ? missing : 'CERTIFICATE_UNREADABLE',
      { file, remedy: isMissing ? remedy : 'Check its owner and permissions.' },
      { cause },
    );
  }
}

function parse(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new PkiError(
      'CERTIFICATE_UNREADABLE',
      { file, remedy: 'It is not a PEM certificate; bring it again.' },
      { cause },
    );
  }
}

function checkTime(
  certificate: X509Certificate,
  file: string,
  clock: Pick<Clock, 'now'>,
  remedy: string,
): void {
  const now = clock.now();
  if (now > certificate.validToDate.getTime())
    throw new PkiError('CERTIFICATE_EXPIRED', { file, remedy });
  if (now < certificate.validFromDate.getTime()) {
    throw new PkiError('CERTIFICATE_NOT_YET_VALID', {
      file,
      remedy: `It begins ${certificate.validFromDate.toISOString()}; set the clock.`,
    });
  }
}

function matches(certificate: X509Certificate, key: string, file: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new PkiError(
      'CERTIFICATE_UNREADABLE',
      { file, remedy: 'It is not a PEM private key; bring it again.' },
      { cause },
    );
  }
}
