// The policy file of MTA-STS (RFC 8461 §3.2), and the TXT record that says which one is current (§3.1). Pure.
import type { Parsed } from '@restante/mail-model';

export interface StsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  /** Names, and "*.name" for exactly one label more. */
  readonly mx: readonly string[];
  readonly maxAgeSeconds: number;
}

/** RFC 8461 §3.2: about a year at most. */
const maxAgeMaxSeconds = 31_557_600;
const mxMax = 200;

/** The id, or undefined where the domain publishes no policy. `records`: strings of each TXT record. */
export function readStsRecord(records: readonly (readonly string[])[]): string | undefined {
  const ours = records.map((parts) => parts.join('')).filter((text) => /^v=STSv1\s*;/.test(text));
  // RFC 8461 §3.1: more than one, or none, means that there is no policy.
  if (ours.length !== 1) return undefined;
  return /;\s*id=([A-Za-z0-9]{1,32})\s*(?:;|$)/.exec(ours[0] ?? '')?.[1];
}

export function parseStsPolicy(text: string): Parsed<StsPolicy> {
  const fields = new Map<string, string>();
  const mx: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const match = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match === null) return no(`a line is no "key: value": ${line.slice(0, 60)}`);
    const [, key = '', value = ''] = match;
    if (key === 'mx') mx.push(value.toLowerCase().replace(/\.$/, ''));
    // RFC 8461 §3.2: of any other key that comes twice the first one counts.
    else if (!fields.has(key)) fields.set(key, value);
  }
  if (fields.get('version') !== 'STSv1') return no('its version is not STSv1');
  const mode = fields.get('mode');
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') {
    return no(`its mode is neither enforce nor testing nor none: ${mode?.slice(0, 60)}`);
  }
  const maxAge = fields.get('max_age') ?? '';
  if (!/^\d{1,10}$/.test(maxAge)) return no('it has no max_age in seconds');
  if (mode !== 'none' && (mx.length === 0 || mx.length > mxMax || !mx.every(isPattern)))
    return no('its mx names are missing or no names');
  return {
    ok: true,
    value: { mode, mx, maxAgeSeconds: Math.min(Number(maxAge), maxAgeMaxSeconds) },
  };
}

/** RFC 8461 §4.1: a wildcard stands for exactly one label, the leftmost. */
export function isNamedBy(host: string, patterns: readonly string[]): boolean {
  const parent = host.slice(host.indexOf('.') + 1);
  return patterns.some((pattern) =>
    pattern.startsWith('*.') ? host.includes('.') && parent === pattern.slice(2) : pattern === host,
  );
}

function isPattern(name: string): boolean {
  return /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && name.length <= 253;
}

function no(problem: string): Parsed<StsPolicy> {
  return { ok: false, problem };
}
