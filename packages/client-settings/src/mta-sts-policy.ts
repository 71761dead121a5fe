// What we promise to senders about TLS to our MXs (RFC 8461 §3.2), and the identifier by which they notice a change.
import { createHash } from 'node:crypto';

export interface MtaStsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  readonly maxAgeMs: number;
  /** Every MX of the domain: the home and its backups. */
  readonly exchanges: readonly string[];
}

export function mtaStsText({ mode, maxAgeMs, exchanges }: MtaStsPolicy): string {
  // RFC 8461 §3.2: lines end in CRLF (or LF); a year is the longest life.
  const lines = [
    'version: STSv1',
    `mode: ${mode}`,
    ...exchanges.map((host) => `mx: ${host}`),
    `max_age: ${Math.min(Math.floor(maxAgeMs / 1000), 31_557_600)}`,
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** RFC 8461 §3.1: up to 32 letters and digits; another policy is another identifier. */
export function mtaStsId(policy: MtaStsPolicy): string {
  return createHash('sha256').update(mtaStsText(policy)).digest('hex').slice(0, 20);
}
