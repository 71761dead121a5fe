// One mechanism of an SPF record, without its qualifier (RFC 7208 §5). Pure.
import type { Parsed } from '@restante/mail-model';
import { parseDomainSpec } from './macro-string.ts';
import { parseIpAddress } from './network.ts';
import type { Mechanism, Prefixes } from './record.ts';
import { shown } from './shown.ts';

// §12: the name ends at ":", "/" or the end. Names are of any case (§4.6.1).
const shape = /^([a-z0-9]+)(?::(.*))?$/is;
// §5.6: no leading zeros; "/24", "//64" or "/24//64".
const prefixes = /(?:\/(0|[1-9]\d*))?(?:\/\/(0|[1-9]\d*))?$/;

export function parseMechanism(text: string): Parsed<Mechanism> {
  const name = /^[a-z0-9]*/i.exec(text)?.[0].toLowerCase() ?? '';
  switch (name) {
    case 'all':
      return text.length === 3 ? is({ kind: 'all' }) : wrong('"all" stands alone.');
    case 'include':
    case 'exists':
      return parseTargeted(name, text);
    case 'a':
    case 'mx':
      return parseHosts(name, text);
    case 'ptr':
      return parsePtr(text);
    case 'ip4':
    case 'ip6':
      return parseNetwork(name, text);
    default:
      // §4.6.1: an unknown mechanism is a syntax error; only unknown modifiers are passed over.
      return wrong(`${shown(text)} is no mechanism.`);
  }
}

/** §5.2, §5.7: the domain must be there; no prefix lengths. */
function parseTargeted(kind: 'include' | 'exists', text: string): Parsed<Mechanism> {
  const argument = argumentOf(text);
  if (!argument) return wrong(`${shown(text)} needs a colon and a domain.`);
  const target = parseDomainSpec(argument.text ?? '');
  return target.ok ? is({ kind, target: target.value }) : target;
}

/** §5.5. */
function parsePtr(text: string): Parsed<Mechanism> {
  const argument = argumentOf(text);
  if (!argument) return wrong(`${shown(text)} makes no sense after "ptr".`);
  if (argument.text === undefined) return is({ kind: 'ptr' });
  const target = parseDomainSpec(argument.text);
  return target.ok ? is({ kind: 'ptr', target: target.value }) : target;
}

/** §5.3, §5.4: [ ":" domain-spec ] [ dual-cidr-length ]. */
function parseHosts(kind: 'a' | 'mx', text: string): Parsed<Mechanism> {
  // A prefix length is never longer than "/32//128".
  const tail = prefixes.exec(text.slice(-8));
  const lengths = readPrefixes(tail?.[1], tail?.[2]);
  if (!lengths) return wrong(`${shown(text)} has a prefix length that is too long.`);
  const argument = argumentOf(text.slice(0, text.length - (tail?.[0].length ?? 0)));
  if (!argument) return wrong(`${shown(text)} makes no sense after "${kind}".`);
  if (argument.text === undefined) return is({ kind, prefixes: lengths });
  const target = parseDomainSpec(argument.text);
  return target.ok ? is({ kind, target: target.value, prefixes: lengths }) : target;
}

function readPrefixes(four = '32', six = '128'): Prefixes | undefined {
  const lengths = { four: Number(four), six: Number(six) };
  return lengths.four <= 32 && lengths.six <= 128 ? lengths : undefined;
}

/** §5.6: the network has an address and at most one length. */
function parseNetwork(name: 'ip4' | 'ip6', text: string): Parsed<Mechanism> {
  const found = /^ip[46]:([0-9a-f.:]+)(?:\/(0|[1-9]\d{0,2}))?$/i.exec(text);
  const address = found?.[1] === undefined ? undefined : parseIpAddress(found[1]);
  if (address === undefined || `ip${address.family}` !== name)
    return wrong(`${shown(text)} has no ${name === 'ip4' ? 'IPv4' : 'IPv6'} network.`);
  const bitsMax = address.octets.length * 8;
  const prefixBits = Number(found?.[2] ?? bitsMax);
  if (prefixBits > bitsMax) return wrong(`${shown(text)} has a prefix length that is too long.`);
  return is({ kind: 'network', network: { ...address, prefixBits } });
}

/** What stands after the colon; undefined when something else follows the name. */
function argumentOf(text: string): { readonly text?: string } | undefined {
  const found = shape.exec(text);
  if (!found) return undefined;
  return found[2] === undefined ? {} : { text: found[2] };
}

function is(value: Mechanism): Parsed<Mechanism> {
  return { ok: true, value };
}

function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
