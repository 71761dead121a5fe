// The cluster file: whatever stands in it, the answer is a value or all of its problems, never anything else, and soon.
import assert from 'node:assert/strict';
import { ConfigError } from '@restante/config';
import { exampleFile, parseClusterConfig } from '@restante/site';
import { below, mutate, oneOf, type Random, type Target } from '../target.ts';

const patienceMs = 2000;

export const clusterFiles: Target = {
  name: 'cluster-files',
  async open() {
    const example = exampleFile();
    // The settings switched on, so that changes meet values and not comments.
    const busy = example.replaceAll(/^# (?=[a-z_]+ = )/gm, '');
    return {
      async round(random) {
        const text = change(random, oneOf(random, [example, busy]));
        const startedMs = performance.now();
        try {
          await parseClusterConfig(text, '/nowhere/restante.toml');
        } catch (cause) {
          if (!(cause instanceof ConfigError))
            throw new Error(`not a list of problems: ${String(cause)}\n${text}`, { cause });
          assert.ok(cause.message.length > 0);
        }
        assert.ok(
          performance.now() - startedMs < patienceMs,
          `took ${Math.round(performance.now() - startedMs)} ms:\n${text}`,
        );
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};

const values = [
  '""',
  '-1',
  '1e999',
  'nan',
  '[]',
  '[[]]',
  '{}',
  '"\\u0000"',
  '"0s"',
  '"999999999999d"',
  '"1 GiB "',
  '[1, "x"]',
  '1979-05-27',
  'true',
  '"$(id)"',
  '"../../etc"',
  '"a@b@c"',
  '"[::1"',
  '"127.0.0.1:99999"',
  `"${'x'.repeat(5000)}"`,
] as const;

function change(random: Random, text: string): string {
  const lines = text.split('\n');
  for (let times = below(random, 4); times > 0; times -= 1) {
    const at = below(random, lines.length);
    const line = lines[at] ?? '';
    switch (below(random, 4)) {
      case 0:
        lines[at] = line.replace(/= .*/, `= ${oneOf(random, values)}`);
        break;
      case 1:
        lines.splice(at, 1);
        break;
      case 2:
        lines.splice(at, 0, lines[below(random, lines.length)] ?? '');
        break;
      default:
        lines[at] =
          `${oneOf(random, ['__proto__', 'constructor', 'name', 'toString', 'x.y.z'])} = ${oneOf(random, values)}`;
    }
  }
  const changed = lines.join('\n');
  return below(random, 2) === 0
    ? changed
    : mutate(random, Buffer.from(changed), 3).toString('utf8');
}
