// The public face of @restante/dkim.
export { BodyHash } from './body-hash.ts';
export type { BodyDigest, BodyWish } from './canonical/body-digests.ts';
export { BodyDigests } from './canonical/body-digests.ts';
export type { CanonicalBody, Canonicalization, TakeBytes } from './canonical/canonical-body.ts';
export { canonicalBody } from './canonical/canonical-body.ts';
export { Header, HeaderField, relaxedField } from './canonical/header-fields.ts';
export { dkimSection } from './config.ts';
export type { DkimAlgorithm, DkimKey, DkimKeyState, DkimRecord } from './dkim-key.ts';
export { recordOf, zoneLine } from './dkim-key.ts';
export type { DkimKeys, DkimKeysOptions, DkimSettings } from './dkim-keys.ts';
export { openDkimKeys } from './dkim-keys.ts';
export type { DkimSigner } from './dkim-signer.ts';
export { createDkimSigner } from './dkim-signer.ts';
export type { DkimFailureCode } from './errors.ts';
export { DkimError, dkimFailures } from './errors.ts';
export type { ToSign } from './sign-header.ts';
export { signHeader } from './sign-header.ts';
export type { ArcAnswer, ArcSealer, ArcVerifier, ToSeal } from './arc/arc.ts';
export type {
  DkimVerification,
  DkimVerifier,
  DkimVerifierOptions,
  MessageToVerify,
} from './verify/dkim-verifier.ts';
export { createDkimVerifier } from './verify/create-dkim-verifier.ts';
export type { ArcVerifierOptions } from './arc/create-arc-verifier.ts';
export { createArcVerifier } from './arc/create-arc-verifier.ts';
export type { ArcSealerOptions } from './arc/create-arc-sealer.ts';
export { createArcSealer } from './arc/create-arc-sealer.ts';
