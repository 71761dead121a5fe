// restante reports against a site that counts, one that counts nothing, and one that is away.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLogger } from '@restante/runtime';
import {
  createOperatorServer,
  ensureOperatorToken,
  type ReportsFilter,
  type ReportsOperations,
  type SiteOperations,
} from '@restante/site-api';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { run } from './in-process.ts';

async function threeSites() {
  await using stack = new AsyncDisposableStack();
  const { path: dir } = stack.use(await temporaryDirectory());
  const asked: ReportsFilter[] = [];
  let file = '[cluster]\nname = "test"\n';
  for (const [name, reports] of Object.entries({
    us: counting(asked),
    shanghai: undefined,
    paris: undefined,
  })) {
    await mkdir(join(dir, name));
    const token = await ensureOperatorToken(join(dir, name));
    let http = '127.0.0.1:9'; // Discard: nobody answers there.
    if (name !== 'paris') {
      const server = await createOperatorServer({
        listen: '127.0.0.1:0',
        token,
        site: name,
        operations: { reports } as unknown as SiteOperations,
        metrics: { render: () => '' },
        isReady: () => ({ ready: true, why: [] }),
        logger: silentLogger,
      });
      http = stack.use(server).address;
    }
    file += `[[site]]\nname = "${name}"\nhostname = "mx.${name}.example"\ndir = "${name}"\n[site.listen]\nhttp = "${http}"\n`;
  }
  file += '[[domain]]\nname = "us.example"\nhome = "us"\nbackups = ["shanghai"]\n';
  await writeFile(join(dir, 'restante.toml'), file);
  const running = stack.move();
  return { dir, asked, [Symbol.asyncDispose]: async () => running.disposeAsync() };
}

function counting(asked: ReportsFilter[]): ReportsOperations {
  const answer = async <Row>(filter: ReportsFilter, rows: readonly Row[]) => {
    asked.push(filter);
    return Promise.resolve(rows);
  };
  const lastDay = '2026-11-22';
  const [domain, feedbackType] = ['us.example', 'abuse'];
  return {
    complaints: async (filter) =>
      answer(filter, [
        { domain, account: 'ana@us.example', feedbackType, incidents: 2, lastDay },
        { domain, account: '', feedbackType, incidents: 30, lastDay },
      ]),
    dmarc: async (filter) =>
      answer(filter, [
        {
          domain,
          reports: 3,
          messages: 100,
          aligned: 90,
          dkimAligned: 80,
          spfAligned: 70,
          quarantined: 4,
          rejected: 5,
        },
      ]),
    sources: async (filter) =>
      answer(filter, [{ sourceAddress: '192.0.2.1\u001b[2J', messages: 9, aligned: 1, lastDay }]),
    sendDue: async () => Promise.resolve([{ day: lastDay, domain: 'x.test', outcome: 'nobody' }]),
  };
}

test('tables for people, rows for programs; a site that counts none is said, and exit code 1', async () => {
  await using sites = await threeSites();
  const at = ['--dir', sites.dir];
  const complaints = await run(['reports', 'complaints', ...at]);
  assert.equal(complaints.exitCode, 1);
  assert.match(complaints.stderr, /shanghai: .*counts no reports/);
  assert.match(complaints.stderr, /paris: /);
  assert.equal(
    complaints.stdout,
    [
      'account         domain      about  complaints  last        site',
      'not known       us.example  abuse          30  2026-11-22  us',
      'ana@us.example  us.example  abuse           2  2026-11-22  us',
      '',
    ].join('\n'),
  );
  const dmarc = await run(['reports', 'dmarc', '--site', 'us', ...at]);
  assert.equal(dmarc.exitCode, 0, dmarc.stderr);
  assert.match(dmarc.stdout, /us\.example +3 +100 +90 +80 +70 +10 +4 +5 +us\n/);
  const json = await run(['reports', 'dmarc', '--site', 'us', '--json', ...at]);
  assert.equal((JSON.parse(json.stdout) as { rejected: number }[])[0]?.rejected, 5);
  const sent = await run(['reports', 'send', '--site', 'us', ...at]);
  assert.match(sent.stdout, /2026-11-22 +x\.test +nobody may have it +us/);
});

test('of one domain, of some days; what is neither is wrong use (exit code 2)', async () => {
  await using sites = await threeSites();
  const at = ['--site', 'us', '--dir', sites.dir];
  await run(['reports', 'complaints', '--domain', 'US.example', '--days', '30', ...at]);
  const sources = await run(['reports', 'sources', '--domain', 'us.example', ...at]);
  assert.deepEqual(sites.asked, [
    { domain: 'us.example', days: 30 },
    { domain: 'us.example', days: 7 },
  ]);
  assert.doesNotMatch(sources.stdout, /\u001b/);
  for (const words of [['sources'], ['dmarc', '--days', '0'], ['dmarc', '--days', 'many']])
    assert.equal((await run(['reports', ...words, ...at])).exitCode, 2, words.join(' '));
});
