// An SPF record as it was read (RFC 7208 §4.6). Immutable: one copy serves every message.
import type { MacroString } from './macro-string.ts';
import type { Network } from './network.ts';

export interface SpfRecord {
  readonly directives: readonly Directive[];
  /** redirect= (§6.1); unused where there is an "all". */
  readonly redirect?: MacroString;
  /** exp= (§6.2). */
  readonly explanation?: MacroString;
}

export interface Directive {
  /** What a match means (§4.6.2). */
  readonly result: 'pass' | 'fail' | 'softfail' | 'neutral';
  readonly mechanism: Mechanism;
  /** As written. */
  readonly text: string;
}

/** §5. Without a target the domain that is checked. */
export type Mechanism =
  | { readonly kind: 'all' }
  | { readonly kind: 'include'; readonly target: MacroString }
  | { readonly kind: 'exists'; readonly target: MacroString }
  | { readonly kind: 'a' | 'mx'; readonly target?: MacroString; readonly prefixes: Prefixes }
  | { readonly kind: 'ptr'; readonly target?: MacroString }
  | { readonly kind: 'network'; readonly network: Network };

/** dual-cidr-length (§5.6). */
export interface Prefixes {
  readonly four: number;
  readonly six: number;
}
