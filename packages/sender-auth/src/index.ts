// The public face of @restante/sender-auth.
export type { Authors } from './dmarc/authors-of.ts';
export { authorsOf } from './dmarc/authors-of.ts';
export type { Dmarc, DmarcAnswer, DmarcOptions, DmarcQuestion } from './dmarc/check-dmarc.ts';
export { createDmarc } from './dmarc/create-dmarc.ts';
export type { DmarcPolicy, DmarcRecord, ReadDmarcRecord } from './dmarc/dmarc-record.ts';
export { readDmarcRecord } from './dmarc/dmarc-record.ts';
export type { MethodResult, ResultsToWrite } from './results/authentication-results.ts';
export {
  authenticationResultsValue,
  formatAuthenticationResults,
} from './results/authentication-results.ts';
export { readOurResults, type ReadResult } from './results/read-results.ts';
export { authservIdOf, withoutOurResults } from './results/without-our-results.ts';
export type { ReverseNameAnswer, ReverseNames } from './reverse-name.ts';
export type { Spf, SpfAnswer, SpfOptions, SpfQuestion, SpfResult } from './spf/check-host.ts';
export type { ReverseNamesOptions } from './create-reverse-names.ts';
export { createReverseNames } from './create-reverse-names.ts';
export { createSpf } from './spf/create-spf.ts';
export { isSpfRecord, parseSpfRecord } from './spf/parse-spf-record.ts';
export type { Directive, Mechanism, Prefixes, SpfRecord } from './spf/record.ts';
export type { Macro, MacroString } from './spf/macro-string.ts';
