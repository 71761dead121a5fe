// The public face of @restante/sender-auth.
export type { Dmarc, DmarcAnswer, DmarcOptions, DmarcQuestion } from './dmarc/check-dmarc.ts';
export type { MethodResult } from './results/authentication-results.ts';
export type { ReverseNameAnswer, ReverseNames } from './reverse-name.ts';
export type { Spf, SpfAnswer, SpfOptions, SpfQuestion, SpfResult } from './spf/check-host.ts';
export type { ReverseNamesOptions } from './create-reverse-names.ts';
export { createReverseNames } from './create-reverse-names.ts';
export { createSpf } from './spf/create-spf.ts';
export { isSpfRecord, parseSpfRecord } from './spf/parse-spf-record.ts';
export type { Directive, Mechanism, Prefixes, SpfRecord } from './spf/record.ts';
export type { Macro, MacroString } from './spf/macro-string.ts';
