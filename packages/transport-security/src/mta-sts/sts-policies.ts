// Which MTA-STS policy holds for a domain now (RFC 8461 §3.3 and §5.1).
//
//   one is kept, and the TXT record says the same id, nothing or cannot be had   the kept one
//   one is kept, the record has a new id                                          the new one; the kept one when it cannot be had
//   none is kept                                                                  what can be fetched, otherwise none
//
// A kept one is fetched again in the background once a day while it is used, so that its time does not run out.
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';
import type { FetchStsPolicy } from './fetch-sts-policy.ts';
import { isOver } from './kept-policies.ts';
import type { KeptPolicies, KeptPolicy } from './kept-policies.ts';
import { readStsRecord } from './sts-policy.ts';
import type { StsPolicy } from './sts-policy.ts';

export interface StsPolicies extends AsyncDisposable {
  /** Never rejects. Undefined: no policy holds; one of mode "none" is none. */
  policyOf(domain: string): Promise<StsPolicy | undefined>;
}

export interface StsPoliciesOptions {
  readonly resolver: Pick<Resolver, 'resolve'>;
  readonly fetch: FetchStsPolicy;
  readonly kept: Promise<KeptPolicies>;
  readonly clock: Clock;
  readonly onFailure: (domain: string, cause: unknown) => void;
}

const refreshAfterMs = 86_400_000;
/** RFC 8461 §3.3: at least five minutes between two attempts that fail. */
const retryAfterMs = 300_000;
const failuresMax = 10_000;

export function createStsPolicies(options: StsPoliciesOptions): StsPolicies {
  const { resolver, clock } = options;
  const stop = new AbortController();
  const fetching = new Map<string, Promise<KeptPolicy | undefined>>();
  const failedAtMs = new Map<string, number>();

  const currentId = async (domain: string): Promise<string | undefined> => {
    try {
      return readStsRecord(await resolver.resolve(`_mta-sts.${domain}`, 'TXT'));
    } catch {
      // RFC 8461 §5.1: "none" and "could not find out" are the same here; a kept policy stands against both.
      return undefined;
    }
  };

  const fetchNow = async (domain: string, id: string): Promise<KeptPolicy | undefined> => {
    try {
      const policy = await options.fetch(domain, stop.signal);
      const fresh = { id, policy, fetchedAtMs: clock.now() };
      failedAtMs.delete(domain);
      await (await options.kept).set(domain, fresh);
      return fresh;
    } catch (cause) {
      if (stop.signal.aborted) return undefined;
      if (failedAtMs.size >= failuresMax) failedAtMs.clear();
      failedAtMs.set(domain, clock.monotonicMs());
      options.onFailure(domain, cause);
      return undefined;
    }
  };

  /** Those who ask at the same time wait for one answer. */
  const fetchOnce = (domain: string, id: string): Promise<KeptPolicy | undefined> => {
    const failed = failedAtMs.get(domain);
    if (failed !== undefined && clock.monotonicMs() - failed < retryAfterMs)
      return Promise.resolve(undefined);
    let running = fetching.get(domain);
    if (running === undefined) {
      running = fetchNow(domain, id).finally(() => fetching.delete(domain));
      fetching.set(domain, running);
    }
    return running;
  };

  const keptOf = async (domain: string): Promise<KeptPolicy | undefined> => {
    const found = (await options.kept).get(domain);
    return found === undefined || isOver(found, clock.now()) ? undefined : found;
  };

  return {
    async policyOf(domain) {
      const id = await currentId(domain);
      const known = await keptOf(domain);
      let holds = known;
      if (id !== undefined && id !== known?.id) holds = (await fetchOnce(domain, id)) ?? known;
      else if (id !== undefined && known !== undefined) {
        if (clock.now() - known.fetchedAtMs > refreshAfterMs) void fetchOnce(domain, id);
      }
      return holds === undefined || holds.policy.mode === 'none' ? undefined : holds.policy;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(fetching.values());
    },
  };
}
