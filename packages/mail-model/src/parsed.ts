// The answer of every parser: bad input is normal, so it is a value and not an exception.
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };
