// The tables of README.md against the series that are really served. Reads a file, so it is not a unit test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createMetrics, gaugeSeries, type GaugeName } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

async function served(): Promise<Map<string, string>> {
  const metrics = createMetrics({ site: 'us', version: '0.1.0' });
  for (const name of Object.keys(gaugeSeries) as GaugeName[]) metrics.gauge(name, () => []);
  const { body } = await metrics.render();
  const helps = body.matchAll(/^# HELP (\S+) (.*)$/gm);
  return new Map([...helps].map((match) => [match[1] ?? '', match[2] ?? '']));
}

test('README.md lists every series that is served, and no other', async () => {
  const documented = [...readme.matchAll(/^(?:\| |- )`(restante_[a-z0-9_]+)`/gm)].map(
    ([, name = '']) => name,
  );
  assert.deepEqual(documented.toSorted(), [...(await served()).keys()].toSorted());
});

test('README.md gives the meaning that is served', async () => {
  const series = await served();
  for (const [, name = '', meaning = ''] of readme.matchAll(
    /^\| `(restante_\w+)` \|[^|]*\| (.*) \|$/gm,
  )) {
    assert.equal(meaning, series.get(name), name);
  }
});

test('every series begins with restante_', async () => {
  const strangers = [...(await served()).keys()].filter((name) => !name.startsWith('restante_'));
  assert.deepEqual(strangers, []);
});
