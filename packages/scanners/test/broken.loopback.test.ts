// Scanners that hang, lie or die: nobody waits longer than the budget, and nothing of it is taken for "clean".
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ScannersSettings } from '../src/create-scanners.ts';
import type { ScannerName } from '../src/scanners.ts';
import {
  brokenScanner,
  floods,
  hangsUp,
  resets,
  says,
  silent,
  stuck,
  trickles,
} from './broken-scanner.ts';
import { messageOf, scannersFor, taughtOf } from './scanners-for-tests.ts';

const names: readonly ScannerName[] = ['spamd', 'rspamd', 'clamd'];
const budgetMs = 150;

function only(name: ScannerName, address: string): Partial<ScannersSettings> {
  return {
    [name]: address,
    spamdBudgetMs: budgetMs,
    rspamdBudgetMs: budgetMs,
    clamdBudgetMs: budgetMs,
    spamdMaxBytes: 64 * 1_048_576,
    rspamdMaxBytes: 64 * 1_048_576,
    clamdMaxBytes: 64 * 1_048_576,
  };
}

const evils = {
  'never answers': silent,
  'reads nothing': stuck,
  'resets the connection': resets,
  'hangs up': hangsUp,
  'says nonsense': says('\0\x01\xFFwhat?\r\n\r\n'),
  'says half of it': says(
    'SPAMD/1.1 0 EX_OK\r\nContent-length: 900\r\nSpam: True ; 9.0 / 5.0\r\n\r\nA',
  ),
  'says an error': says('SPAMD/1.0 76 Bad header line: \x07oops\r\n'),
  'says half of the JSON': says('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"score":1.0'),
  'says JSON of something else': says('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'),
  'says that it cannot': says('HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n'),
  'says an error of clamd': says('stream: lstat() failed. ERROR\0'),
  'answers one byte after the other': trickles('SPAMD/1.1 0 EX_OK\r\nX: '),
  'answers without an end': floods,
};

describe('a broken scanner', () => {
  for (const name of names) {
    for (const [what, behaviour] of Object.entries(evils)) {
      test(`${name} ${what}: named in failed, within the budget`, async () => {
        await using broken = await brokenScanner(behaviour);
        await using own = scannersFor(only(name, broken.address));
        const startedMs = performance.now();
        const report = await own.scanners.scan(messageOf(Buffer.alloc(4_000_000, 'x')));
        const tookMs = performance.now() - startedMs;
        assert.deepEqual(report.scores, []);
        assert.equal(report.virus, undefined);
        assert.deepEqual(
          report.failed.map((one) => one.scanner),
          [name],
        );
        // Printable, whatever it said.
        assert.match(report.failed[0]?.why ?? '', /^[\x20-\x7E]{10,300}$/);
        // What is promised is 50 ms more; the machine of this test may have other things to do.
        assert.ok(tookMs < budgetMs + 1000, `${tookMs} ms`);
      });
    }
  }

  test('one that nobody runs is known to be down at once', async () => {
    const gone = await brokenScanner(silent);
    await gone[Symbol.asyncDispose]();
    for (const name of names) {
      await using own = scannersFor(only(name, gone.address));
      const report = await own.scanners.scan(messageOf('x\r\n'));
      assert.match(report.failed[0]?.why ?? '', /could not be reached. \(ECONNREFUSED\)/);
      assert.equal(report.failed[0]?.kind, 'down');
    }
  });

  test('a dead one costs its budget once, then nothing, then one message now and then', async () => {
    await using broken = await brokenScanner(silent);
    await using own = scannersFor({
      ...only('clamd', broken.address),
      failuresMax: 3,
      leftAloneMs: 1500,
    });
    const scan = async () => {
      const startedMs = performance.now();
      const report = await own.scanners.scan(messageOf('x\r\n'));
      return { report, tookMs: performance.now() - startedMs };
    };
    await Promise.all([scan(), scan(), scan()]);
    assert.equal(broken.visits, 3);
    const restingFromMs = performance.now();
    for (let turn = 0; turn < 50; turn += 1) {
      const { report, tookMs } = await scan();
      if (performance.now() - restingFromMs > 500) break;
      assert.match(report.failed[0]?.why ?? '', /left alone for a while/);
      assert.ok(tookMs < budgetMs, `${tookMs} ms`);
    }
    assert.equal(broken.visits, 3);

    broken.become(says('stream: OK\0'));
    const endMs = performance.now() + 10_000;
    while (performance.now() < endMs && (await scan()).report.failed.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(broken.visits, 4);
    assert.deepEqual((await scan()).report, { scores: [], failed: [] });
    assert.deepEqual(
      own.events.flatMap((event) => (event.name === 'scanner.changed' ? [event.to] : [])),
      ['left-alone', 'used'],
    );
  });

  test('a dead one does not keep what the living ones say from us', async () => {
    await using dead = await brokenScanner(silent);
    await using alive = await brokenScanner((socket) => {
      socket.once('data', () => socket.end('stream: Bad.Thing FOUND\0')).resume();
    });
    await using own = scannersFor({ ...only('spamd', dead.address), clamd: alive.address });
    const report = await own.scanners.scan(messageOf('x\r\n'));
    assert.equal(report.virus, 'Bad.Thing');
    assert.deepEqual(
      report.failed.map((one) => one.scanner),
      ['spamd'],
    );
  });

  test('whoever asked goes away: nothing is asked any longer, and nobody is blamed', async () => {
    await using broken = await brokenScanner(silent);
    await using own = scannersFor({ ...only('clamd', broken.address), failuresMax: 1 });
    const gone = new AbortController();
    const scan = own.scanners.scan(messageOf('x\r\n'), gone.signal);
    gone.abort(new Error('The client has hung up.'));
    await assert.rejects(scan, /hung up/);
    assert.deepEqual(own.events, []);
  });

  test('a body that cannot be read any further ends it within the budget, too', async () => {
    await using broken = await brokenScanner(silent);
    for (const name of names) {
      await using own = scannersFor(only(name, broken.address));
      const report = await own.scanners.scan({
        ...messageOf('x\r\n'),
        async *body() {
          yield Buffer.from('x');
          await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
        },
      });
      assert.equal(report.failed[0]?.scanner, name);
    }
  });

  test('teaching one that is broken is bounded, and never rejects', async () => {
    await using broken = await brokenScanner(silent);
    await using own = scannersFor({
      spamd: broken.address,
      rspamdController: broken.address,
      teachBudgetMs: 100,
      teachWaitingMax: 3,
    });
    const taught = await Promise.all(
      Array.from({ length: 10 }, () =>
        own.scanners.teach('spam', taughtOf('Subject: x\r\n\r\nx\r\n')),
      ),
    );
    assert.deepEqual(taught.flat(), []);
    const outcomes = own.events.map((one) => one.name === 'scanner.taught' && one.outcome);
    assert.equal(outcomes.filter((one) => one === 'dropped').length, 14);
    assert.equal(outcomes.filter((one) => one === 'failed').length, 6);
  });
});
