// Who is responsible for a stored message, as our own site found when it took it from a stranger: read from the fields we put on top.
//
// Only fields that nobody else can have written count. On top are those of the mailbox, then, if another site of ours took the message, our
// trace of having got it from there; what comes next must be that site's Authentication-Results, and its trace below. Mail of
// our own people has the trace of their login on top, and what they write below it proves nothing.
import { isIP } from 'node:net';
import { headerFields, parseDateTime, rawValue, type HeaderField } from '@restante/mime';
import { authservIdOf, readOurResults, type ReadResult } from '@restante/sender-auth';

export interface Culprit {
  /** Passed DMARC, or signed it. */
  readonly domain: string;
  readonly sourceAddress: string;
  /** MAIL FROM; '' is the null reverse-path. */
  readonly sender: string;
  readonly arrivedAtMs: number;
  readonly results: string;
  /** The header as it came to us, below our trace of who brought it. */
  readonly header: Buffer;
}

export interface OurNames {
  readonly hostname: string;
  /** Of all sites. */
  readonly hostnames: ReadonlySet<string>;
}

/** Undefined: it is of nobody who could be told. `header`: as stored in a mailbox here. */
export function findCulprit(header: Buffer, names: OurNames): Culprit | undefined {
  const fields = headerFields(header).map((field) => named(header, field));
  let at = 0;
  while (['return-path', 'delivered-to'].includes(fields[at]?.name ?? '')) at += 1;
  const relayed = relayedFrom(fields[at], names);
  if (relayed !== undefined) at += 1;
  const judge = relayed ?? names.hostname;
  const field = fields[at];
  if (field?.name !== 'authentication-results') return undefined;
  const results = field.value;
  if (authservIdOf(results)?.toLowerCase() !== judge) return undefined;
  const trace = fields.slice(at + 1).find(({ name }) => name === 'received');
  const received = trace && tracePattern.exec(trace.value)?.groups;
  if (trace === undefined || received?.['by'] !== judge) return undefined;
  const methods = readOurResults(results);
  const domain = responsible(methods);
  const sourceAddress = property(methods, 'iprev', 'policy.iprev') ?? '';
  const arrived = parseDateTime(trace.value.slice(trace.value.lastIndexOf(';') + 1));
  if (domain === undefined || isIP(sourceAddress) === 0 || arrived === undefined) return undefined;
  return {
    domain,
    sourceAddress,
    sender: property(methods, 'spf', 'smtp.mailfrom') ?? '',
    arrivedAtMs: arrived.atMs,
    results,
    // Our verdict stands above it, and is nobody's business.
    header: header.subarray(trace.start),
  };
}

interface NamedField extends Pick<HeaderField, 'start'> {
  readonly name: string;
  readonly value: string;
}

function named(header: Buffer, field: HeaderField): NamedField {
  return {
    name: field.name.trim().toLowerCase(),
    value: rawValue(header, field),
    start: field.start,
  };
}

const tracePattern =
  /^from (?<from>\S{1,255}) \([^)]{0,400}\)\s+by (?<by>\S{1,255}) with (?<with>\S{1,20})[\s;]/;

/** The other site that brought it. */
function relayedFrom(field: NamedField | undefined, names: OurNames): string | undefined {
  if (field?.name !== 'received') return undefined;
  const said = tracePattern.exec(field.value)?.groups;
  if (said?.['by'] !== names.hostname || said['with']?.endsWith('A') === true) return undefined;
  const from = said['from']?.toLowerCase() ?? '';
  return from !== names.hostname && names.hostnames.has(from) ? from : undefined;
}

function responsible(methods: readonly ReadResult[]): string | undefined {
  const passed = (method: string) =>
    methods.find((each) => each.method === method && each.result === 'pass')?.properties;
  const domain = passed('dmarc')?.get('header.from') ?? passed('dkim')?.get('header.d');
  return domain?.toLowerCase();
}

function property(
  methods: readonly ReadResult[],
  method: string,
  name: string,
): string | undefined {
  return methods.find((each) => each.method === method)?.properties.get(name);
}
