// Debian's pyspf, asked about cases whose zone it gets along with them.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Zone, ZoneNode } from '@restante/dns';
import type { Faults } from './zone-resolver.ts';

const python = '/usr/bin/python3';
const driver = fileURLToPath(new URL('pyspf-driver.py', import.meta.url));

export interface PyspfCase {
  readonly zone: Zone;
  readonly faults: Faults;
  readonly ip: string;
  readonly from: string;
  readonly helo: string;
}

export interface PyspfAnswer {
  readonly result: string;
  readonly explanation: string;
}

/** Why it cannot be asked, or false. */
export const pyspfMissing: string | false =
  spawnSync(python, ['-c', 'import spf']).status === 0 ? false : 'python3-spf is not installed';

export function askPyspf(cases: readonly PyspfCase[]): readonly PyspfAnswer[] {
  const input = cases
    .map((each) => JSON.stringify({ ...each, zone: written(each.zone) }))
    .join('\n');
  const { status, stdout, stderr } = spawnSync(python, [driver], {
    input,
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`pyspf ended with ${status}: ${stderr.toString()}`);
  const lines = stdout.toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as PyspfAnswer);
}

function written(zone: Zone): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(zone).map(([name, node]: [string, ZoneNode]) => [
      name.toLowerCase(),
      { ...node, ...(node.MX ? { MX: node.MX.map((mx) => [mx.priority, mx.exchange]) } : {}) },
    ]),
  );
}
