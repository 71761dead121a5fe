// The public face of @restante/sender-auth.
export type { Dmarc, DmarcAnswer, DmarcOptions, DmarcQuestion } from './dmarc/check-dmarc.ts';
export type { MethodResult } from './results/authentication-results.ts';
export type { ReverseNameAnswer, ReverseNames } from './reverse-name.ts';
export type { Spf, SpfAnswer, SpfOptions, SpfQuestion, SpfResult } from './spf/check-host.ts';
