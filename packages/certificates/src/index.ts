// The public face of @restante/certificates.
export type {
  CertificateEvent,
  CertificateEventSink,
  CertificateSource,
  KeyAndChain,
} from './certificate-source.ts';
export type { CheckedPair, PairAnswer } from './check-pair.ts';
export { checkPair } from './check-pair.ts';
export { certificatesSection } from './config.ts';
export type { CertificatesFailureCode } from './errors.ts';
export { CertificatesError, certificatesFailures } from './errors.ts';
export { fixedCertificate } from './fixed-certificate.ts';
export type { FileCertificatesOptions } from './files/file-certificates.ts';
export { createFileCertificates } from './files/file-certificates.ts';
export type { ExternalAccount } from './acme/acme-account.ts';
export type { AcmeCertificatesOptions } from './acme/acme-certificates.ts';
export { createAcmeCertificates } from './acme/acme-certificates.ts';
export type { ChallengeBook } from './acme/challenge-book.ts';
export { createChallengeBook } from './acme/challenge-book.ts';
export type { HttpDoor, HttpDoorOptions } from './http-door.ts';
export { openHttpDoor } from './http-door.ts';
export type { ServerTlsOptions } from './server-tls.ts';
export { followCertificate, secureContextOf, serverTlsOptions, tlsFloor } from './server-tls.ts';
