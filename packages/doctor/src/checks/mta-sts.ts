// The TLS promise of our domains as others fetch it (RFC 8461): it must name every MX, or strict senders pass the backup by.
import { mtaStsId } from '@restante/client-settings';
import {
  createStsFetcher,
  isNamedBy,
  readStsRecord,
  TransportSecurityError,
} from '@restante/transport-security';
import type { StsPolicy } from '@restante/transport-security';
import { asked } from '../ask-dns.ts';
import type { DoctorDomain } from '../doctor-options.ts';
import type { Finding } from '../doctor.ts';
import { about, words } from '../finding.ts';
import { publicOnes } from '../look.ts';
import type { Check, Look } from '../look.ts';

const fetchMs = 20_000;

export const mtaSts: Check = {
  name: 'mta-sts',
  run: async (look) =>
    (await Promise.all(look.homeDomains.map(async (domain) => promiseOf(look, domain)))).flat(),
};

async function promiseOf(look: Look, domain: DoctorDomain): Promise<readonly Finding[]> {
  const { name } = domain;
  const say = about('mta-sts', name);
  const exchanges = domain.sites.flatMap((each) => look.siteNamed(each)?.hostname ?? []);
  const ours = { ...look.options.mtaSts, exchanges };
  const record = `"_mta-sts.${name}. TXT "v=STSv1; id=${mtaStsId(ours)}""`;
  const found = await asked(look.options.resolver.resolve(`_mta-sts.${name}`, 'TXT'));
  if (found.kind === 'unknown') return [say.unknown(`It could not be looked up: ${found.why}`)];
  const id = found.kind === 'found' ? readStsRecord(found.value) : undefined;
  if (ours.mode === 'none' && id === undefined) return [say.fine('No promise is made.')];
  if (id === undefined)
    return [say.problem('The promise our sites serve is announced nowhere.', `Write ${record}.`)];
  const fetched = await policyAt(look, name);
  if (typeof fetched === 'string' && (await isTrial(look)))
    return [
      say.notice(
        `It cannot be fetched where only this machine or network finds us: ${fetched}`,
        `For more than a trial: mta-sts.${name} must lead to a site whose certificate names it, on port 443.`,
      ),
    ];
  if (typeof fetched === 'string')
    return [
      say.problem(
        `It is announced, but cannot be fetched: ${fetched}`,
        `mta-sts.${name} must lead to a site whose certificate names it, on port 443.`,
      ),
    ];
  const missing = exchanges.filter((host) => !isNamedBy(host, fetched.mx));
  if (missing.length > 0 && fetched.mode !== 'none') {
    const sentence = `It names ${words(fetched.mx)}, not ${words(missing)}.`;
    const remedy = `Let mta-sts.${name} lead to a site of the cluster, then write ${record}.`;
    return [
      fetched.mode === 'enforce' ? say.problem(sentence, remedy) : say.notice(sentence, remedy),
    ];
  }
  if (isOurs(fetched, ours) && id !== mtaStsId(ours))
    return [
      say.notice(
        'The number in DNS is that of an earlier promise: others keep to the old one for a while.',
        `Write ${record}.`,
      ),
    ];
  return [say.fine(`Mode ${fetched.mode}, for ${words(fetched.mx)}.`)];
}

/** We that look have no public address: nobody outside can have been promised anything. */
async function isTrial(look: Look): Promise<boolean> {
  const found = await look.addressesOf(look.ours);
  return found.kind === 'found' && publicOnes(found.value).length === 0;
}

/** The policy, or why there is none. */
async function policyAt({ options, signal }: Look, domain: string): Promise<StsPolicy | string> {
  const { ca, policyPort } = options.laboratory ?? {};
  const fetch = createStsFetcher({
    resolver: options.resolver,
    // Our own host; where it stands is our own business.
    guard: () => undefined,
    timeoutMs: Math.min(fetchMs, options.settings.budgetMs),
    ...(policyPort === undefined ? {} : { port: policyPort }),
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    return await fetch(domain, signal);
  } catch (cause) {
    if (cause instanceof TransportSecurityError) return cause.message;
    throw cause;
  }
}

function isOurs(
  { mode, mx, maxAgeSeconds }: StsPolicy,
  ours: { readonly mode: string; readonly maxAgeMs: number; readonly exchanges: readonly string[] },
): boolean {
  return (
    mode === ours.mode &&
    maxAgeSeconds === Math.floor(ours.maxAgeMs / 1000) &&
    mx.length === ours.exchanges.length &&
    ours.exchanges.every((host, at) => mx[at] === host)
  );
}
