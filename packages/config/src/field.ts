// One setting: what it is for, what it may be, what it is when nobody says anything.
//
// Pure. A field reads one raw TOML value and answers with the typed value or with a problem and its remedy; where the
// value stood and what becomes of the problem is the reader's business (read-table.ts).

/** What fields may need beside the raw value. */
export interface FieldContext {
  /** Directory of the cluster file; relative paths start there. */
  readonly baseDir: string;
}

export type FieldAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problem: string;
      readonly remedy: string;
      readonly hideValue?: boolean;
    };

export interface Field<T, Presence extends 'always' | 'maybe' = 'always'> {
  readonly kind: 'field';
  /** One sentence for the example file and the reference. */
  readonly about: string;
  /** For a person: "1s to 1h", "yes or no" ... */
  readonly allowed?: string;
  /** Ending of the name in code that the key in the file does not have: "Ms", "Bytes". */
  readonly suffix: '' | 'Ms' | 'Bytes';
  /** TOML of the default, as in the example file; absent when there is none. */
  readonly defaultToml?: string;
  /** TOML to show when there is no default. */
  readonly exampleToml: string;
  /** Never show the raw value in a problem: it may be a secret that should not be there. */
  readonly isSecret: boolean;
  readonly presence: Presence;
  /** The value when the key is absent; absent with presence "always" means the key is required. */
  readonly fallback?: (context: FieldContext) => T;
  read(raw: unknown, context: FieldContext): FieldAnswer<T>;
  /** The value as it would be written in the file. */
  format(value: T): string;
}

export type AnyField = Field<unknown, 'always' | 'maybe'>;

/** Named fields; the keys are the names in code. */
export type Fields = Readonly<Record<string, AnyField>>;

type ValueOf<F> = F extends { read(raw: unknown, context: FieldContext): FieldAnswer<infer T> }
  ? T
  : never;
type MaybeKeys<F extends Fields> = {
  [K in keyof F]: F[K]['presence'] extends 'always' ? never : K;
}[keyof F];

/** The typed values of a set of fields. */
export type ValuesOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, MaybeKeys<F>>]: ValueOf<F[K]>;
} & {
  readonly [K in MaybeKeys<F>]?: ValueOf<F[K]>;
};

/** A secret before it is fetched: which file or which environment variable holds it. */
export type SecretSource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'env'; readonly name: string };

/** "probeIntervalMs" -> "probe_interval", "isCaseSensitive" -> "case_sensitive". */
export function tomlKey(name: string, field: Pick<AnyField, 'suffix'>): string {
  const bare =
    field.suffix !== '' && name.endsWith(field.suffix) ? name.slice(0, -field.suffix.length) : name;
  const asserted = /^is[A-Z]/.test(bare) ? bare.slice(2) : bare;
  return asserted.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_').toLowerCase();
}

/** A raw value as a person would recognise it in a message. */
export function shown(raw: unknown): string {
  const text =
    typeof raw === 'string'
      ? JSON.stringify(raw)
      : raw instanceof Date
        ? raw.toISOString()
        : JSON.stringify(raw);
  return text === undefined ? String(raw) : text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
