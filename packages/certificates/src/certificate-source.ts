// The certificate a site shows the world, wherever it comes from. The port of this package.
//
// Promises
// - current() is always a pair that TLS takes: key and leaf match. It is the same object until it changes.
// - A pair that cannot be used never replaces one that can; what was wrong is told once.
// - Listeners hear of a change after current() has it. New sessions get the new pair, running ones keep theirs.

/** PEM texts; the chain begins with the leaf. */
export interface KeyAndChain {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateSource extends AsyncDisposable {
  current(): KeyAndChain;
  /** End of the leaf's life; for the gauge. */
  readonly expiresAtMs: number;
  /** DNS names and addresses the leaf is for, as its subjectAltName says. */
  readonly names: readonly string[];
  onChange(listener: () => void): Disposable;
}

/** What is worth a line in the log or a series. */
export type CertificateEvent =
  | {
      readonly name: 'certificate.changed';
      readonly from: 'files' | 'acme';
      readonly names: readonly string[];
      readonly expiresAtMs: number;
    }
  /** Something new is there and cannot be used; the old one stays. */
  | {
      readonly name: 'certificate.refused';
      readonly from: 'files' | 'acme';
      readonly problem: string;
    }
  | {
      readonly name: 'certificate.order-failed';
      readonly names: readonly string[];
      readonly problem: string;
      readonly retryAtMs: number;
      readonly cause: unknown;
    }
  /** The certificate was made without these: the authority could not validate them. */
  | {
      readonly name: 'certificate.names-left-out';
      readonly names: readonly string[];
      readonly problem: string;
    };

export type CertificateEventSink = (event: CertificateEvent) => void;
