// The keys of all domains of the cluster, in one directory of the site (every site that sends for a domain needs them).
//
// Promises
// - make() of a domain that has keys changes nothing; so do a second rotate() before the first has taken effect, and import()
//   of keys that are here.
// - rotate() publishes first and signs later: at any instant what signs has been in DNS for the time configured, and what has
//   signed stays published for as long as mail may be on its way.
// - Keys written by another process (the command line) are used for the next message.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '@restante/runtime';
import { stateOf, type DkimAlgorithm, type DkimKey, type DkimKeyState } from './dkim-key.ts';
import { DkimError } from './errors.ts';
import {
  domainsWithKeys,
  formatKey,
  parseKey,
  readKeys,
  removeKey,
  versionOf,
  writeKey,
} from './key-files.ts';

export interface DkimKeysOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly config: DkimSettings;
  /** A file that should be a key and is none; one sentence with its path. */
  readonly onProblem?: (problem: string) => void;
}

export interface DkimSettings {
  /** New keys are in DNS this long before they sign. */
  readonly publishBeforeMs: number;
  /** Records of keys that do not sign any more are kept this long. */
  readonly keepAfterMs: number;
}

export interface DkimKeys {
  domains(): Promise<readonly string[]>;
  /** Oldest first; empty without any. */
  keysOf(domain: string): Promise<readonly DkimKey[]>;
  /** Those that sign now: the newest of each algorithm. Cheap: read again only when the directory changed. */
  signingKeys(domain: string): Promise<readonly DkimKey[]>;
  stateOf(key: DkimKey): DkimKeyState;
  /** A first pair (RSA 2048 and Ed25519) that signs at once. */
  make(domain: string): Promise<readonly DkimKey[]>;
  /** A new pair; it takes over after the time configured, or `at once`. Removes what is retired. */
  rotate(domain: string, options?: { readonly isAtOnce?: boolean }): Promise<readonly DkimKey[]>;
  /** Text with private keys, for import() at another site. */
  export(domain: string): Promise<string>;
  /** Gives the domains it brought keys for. */
  import(text: string): Promise<readonly string[]>;
}

const generate = promisify(generateKeyPair);

export function openDkimKeys({ dir, clock, config, onProblem }: DkimKeysOptions): DkimKeys {
  const cache = new Map<string, { readonly version: string; readonly keys: readonly DkimKey[] }>();
  const judge = (key: DkimKey) =>
    stateOf(key, { nowMs: clock.now(), keepRecordMs: config.keepAfterMs });

  const keysOf = async (domain: string): Promise<readonly DkimKey[]> => {
    const version = await versionOf(dir, domain);
    if (version === undefined) return [];
    const known = cache.get(domain);
    if (known?.version === version) return known.keys;
    const { keys, problems } = await readKeys(dir, domain);
    for (const problem of problems) onProblem?.(problem);
    cache.set(domain, { version, keys });
    return keys;
  };

  const makePair = async (domain: string, signsFromMs: number): Promise<readonly DkimKey[]> => {
    const taken = new Set((await keysOf(domain)).map(({ selector }) => selector));
    const createdAtMs = clock.now();
    const pair: DkimKey[] = [];
    for (const algorithm of ['rsa-sha256', 'ed25519-sha256'] as const) {
      const selector = freeSelector(algorithm, { createdAtMs, taken });
      const privateKey = await generatePrivateKey(algorithm);
      pair.push({ domain, selector, algorithm, createdAtMs, signsFromMs, privateKey });
    }
    for (const key of pair) await writeKey(dir, key);
    return pair;
  };

  return {
    domains: async () => domainsWithKeys(dir),
    keysOf,
    stateOf: judge,

    async signingKeys(domain) {
      const newest = new Map<DkimAlgorithm, DkimKey>();
      for (const key of await keysOf(domain)) {
        if (judge(key) === 'signing') newest.set(key.algorithm, key);
      }
      return [...newest.values()];
    },

    async make(domain) {
      const keys = await keysOf(domain);
      const isThere = keys.some((key) => ['coming', 'signing'].includes(judge(key)));
      return isThere ? keys : makePair(domain, clock.now());
    },

    async rotate(domain, { isAtOnce = false } = {}) {
      const keys = await keysOf(domain);
      if (keys.length === 0) throw new DkimError('DKIM_KEYS_MISSING', { about: domain });
      const coming = keys.filter((key) => judge(key) === 'coming');
      const takesOverMs = clock.now() + (isAtOnce ? 0 : config.publishBeforeMs);
      if (coming.length > 0 && !isAtOnce) return keys;
      if (coming.length === 0) await makePair(domain, takesOverMs);
      // A hurried rotation brings forward what was coming.
      for (const key of coming) await writeKey(dir, { ...key, signsFromMs: takesOverMs });
      for (const key of keys) {
        if (judge(key) === 'retired') await removeKey(dir, key);
        if (judge(key) === 'signing') await writeKey(dir, { ...key, signsUntilMs: takesOverMs });
      }
      return keysOf(domain);
    },

    async export(domain) {
      const keys = await keysOf(domain);
      if (keys.length === 0) throw new DkimError('DKIM_KEYS_MISSING', { about: domain });
      return `[${keys.map((key) => formatKey(key).trimEnd()).join(',\n')}]\n`;
    },

    async import(text) {
      const keys = parseImport(text);
      for (const key of keys) {
        const known = (await keysOf(key.domain)).find(({ selector }) => selector === key.selector);
        if (known !== undefined && !known.privateKey.equals(key.privateKey)) {
          throw new DkimError('DKIM_KEY_DIFFERS', { about: `${key.selector} of ${key.domain}` });
        }
      }
      for (const key of keys) await writeKey(dir, key);
      return [...new Set(keys.map(({ domain }) => domain))];
    },
  };
}

function parseImport(text: string): readonly DkimKey[] {
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list) || list.length === 0) throw new Error('no list of keys');
    return list.map((each) => parseKey(JSON.stringify(each)));
  } catch (cause) {
    throw new DkimError('DKIM_IMPORT_INVALID', {
      about: cause instanceof Error ? cause.message : 'unreadable',
      cause,
    });
  }
}

async function generatePrivateKey(algorithm: DkimAlgorithm): Promise<DkimKey['privateKey']> {
  const pair =
    algorithm === 'rsa-sha256'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ed25519', {});
  return pair.privateKey;
}

/** "r20261122" and "e20261122": a person sees what it is and how old. A second one of a day gets a letter. */
function freeSelector(
  algorithm: DkimAlgorithm,
  { createdAtMs, taken }: { readonly createdAtMs: number; readonly taken: ReadonlySet<string> },
): string {
  const day = new Date(createdAtMs).toISOString().slice(0, 10).replaceAll('-', '');
  const base = `${algorithm === 'rsa-sha256' ? 'r' : 'e'}${day}`;
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}
