// A DMARC record as it stands in DNS, read (RFC 9989 §4.7, §4.8). Pure.
//
// What is wrong behind v= never makes the record go away (§4.7): a tag that cannot be understood has its default. Only p=, sp= and np=
// are different (§4.10.1): a wrong one makes the policy "none" if reports are wanted, and else there is no DMARC here at all.

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

export interface DmarcRecord {
  readonly p: DmarcPolicy;
  readonly sp?: DmarcPolicy;
  readonly np?: DmarcPolicy;
  readonly adkim: 'r' | 's';
  readonly aspf: 'r' | 's';
  /** t=y; also RFC 7489's pct=0, which said the same: publish, but do not apply yet. Every other pct= is ignored, as RFC 9989 does. */
  readonly isTesting: boolean;
  /** y: a public suffix; n: an organization below one that does not say so; u: to be found out. */
  readonly psd: 'y' | 'n' | 'u';
  /** URIs of rua= as they are written, at most ten. */
  readonly rua: readonly string[];
  readonly fo: string;
}

export type ReadDmarcRecord =
  | { readonly kind: 'record'; readonly record: DmarcRecord; readonly problem?: string }
  /** One that says DMARC1 and cannot be applied; still it has been found. */
  | { readonly kind: 'unusable'; readonly problem: string }
  /** Some other text. */
  | { readonly kind: 'other' };

/** A record longer than this is cut: 65,535 octets of TXT may come, and a real one has some hundred. */
const lengthMax = 4096;
const tagsMax = 64;
const urisMax = 10;

/** `text`: the strings of one TXT record, joined (§4.5). */
export function readDmarcRecord(text: string): ReadDmarcRecord {
  const [first = '', ...rest] = text.slice(0, lengthMax).split(';', tagsMax);
  // §4.7: v= comes first and is exactly DMARC1. Blanks around "=" are allowed (§4.8), a capital V is no sin.
  if (!/^[ \t]*[vV][ \t]*=[ \t]*DMARC1[ \t]*$/.test(first)) return { kind: 'other' };
  const tags = readTags(rest);
  const rua = urisIn(tags.get('rua') ?? '');
  const problem = policyProblem(tags);
  if (problem !== undefined && rua.length === 0) return { kind: 'unusable', problem };

  const sp = problem === undefined ? policyOf(tags.get('sp')) : undefined;
  const np = problem === undefined ? policyOf(tags.get('np')) : undefined;
  const record: DmarcRecord = {
    // §4.7: without p= as if it were "none".
    p: (problem === undefined ? policyOf(tags.get('p')) : undefined) ?? 'none',
    ...(sp && { sp }),
    ...(np && { np }),
    adkim: tags.get('adkim')?.toLowerCase() === 's' ? 's' : 'r',
    aspf: tags.get('aspf')?.toLowerCase() === 's' ? 's' : 'r',
    isTesting: isTesting(tags),
    psd: psdOf(tags.get('psd')),
    rua,
    fo: foOf(tags.get('fo')),
  };
  return { kind: 'record', record, ...(problem !== undefined && { problem }) };
}

/** §4.10.1: p= for the name of the record itself, sp= below it, np= for what does not exist. One step milder while testing (§4.7). */
export function policyFor(
  record: DmarcRecord,
  subject: 'domain' | 'subdomain' | 'nonexistent',
): DmarcPolicy {
  const below = record.sp ?? record.p;
  const asked =
    subject === 'domain' ? record.p : subject === 'subdomain' ? below : (record.np ?? below);
  if (!record.isTesting) return asked;
  return asked === 'reject' ? 'quarantine' : 'none';
}

/** Undefined: the tag stands there twice and says different things, so it says nothing (RFC 6376 §3.2 has no duplicates). */
type Tags = ReadonlyMap<string, string | undefined>;

function readTags(parts: readonly string[]): Tags {
  const tags = new Map<string, string | undefined>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    const value = part.slice(equals + 1).trim();
    const isOther = tags.has(name) && tags.get(name)?.toLowerCase() !== value.toLowerCase();
    tags.set(name, isOther ? undefined : value);
  }
  return tags;
}

function policyProblem(tags: Tags): string | undefined {
  const wrong = ['p', 'sp', 'np'].find(
    (name) => tags.has(name) && policyOf(tags.get(name)) === undefined,
  );
  return wrong === undefined ? undefined : `The record has a ${wrong}= that says nothing.`;
}

function policyOf(text: string | undefined): DmarcPolicy | undefined {
  switch (text?.toLowerCase()) {
    case 'none':
      return 'none';
    case 'quarantine':
      return 'quarantine';
    case 'reject':
      return 'reject';
    default:
      return undefined;
  }
}

function isTesting(tags: Tags): boolean {
  const t = tags.get('t')?.toLowerCase();
  return t === 'y' || (t !== 'n' && /^0+$/.test(tags.get('pct') ?? ''));
}

function psdOf(text: string | undefined): DmarcRecord['psd'] {
  const psd = text?.toLowerCase();
  return psd === 'y' || psd === 'n' ? psd : 'u';
}

function foOf(text: string | undefined): string {
  const fo = text?.toLowerCase().replaceAll(/[ \t]/g, '') ?? '';
  return /^[01ds](:[01ds]){0,3}$/.test(fo) ? fo : '0';
}

/** RFC 3986 §3: a scheme and something behind it, no blanks. §4.6: commas stand between URIs and nowhere else. */
function urisIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((uri) => uri.trim())
    .filter((uri) => /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(uri))
    .slice(0, urisMax);
}
