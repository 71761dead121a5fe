// A scanner that takes a message and never says a word: the message waits no longer than the budget and 50 ms, what then happens is the
// site's choice, and after a few of them the scanner is left alone and costs nothing (threat 17).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  brokenScanner,
  silent,
  type BrokenScanner,
} from '../../packages/scanners/test/broken-scanner.ts';
import type { Reply } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';

const budgetMs = 1_000;
const failuresMax = 3;

let scanner: BrokenScanner;
let laboratory: Laboratory;
before(async () => {
  scanner = await brokenScanner(silent);
  const settings = `spamd = "${scanner.address}"\nspamd_budget = "${budgetMs}ms"\nfailures_max = ${failuresMax}\nleft_alone = "1h"\n`;
  laboratory = await startLaboratory({
    atSite: {
      shanghai: `[site.scanners]\n${settings}`,
      us: `[site.scanners]\n${settings}when_down = "defer"\n`,
    },
  });
});
after(async () => {
  await laboratory?.[Symbol.asyncDispose]();
  await scanner?.[Symbol.asyncDispose]();
});

async function offer(
  site: 'shanghai' | 'us',
  id: string,
): Promise<{ readonly reply: Reply; readonly tookMs: number }> {
  const from = 'x@stranger.test';
  const to = laboratory.cluster.accountAt(site);
  const data = written({ id, from, to });
  const { smtp } = laboratory.cluster.site(site);
  const startMs = performance.now();
  const reply = await bring(smtp, { address: '127.0.0.10', from, to, data });
  return { reply, tookMs: performance.now() - startMs };
}

for (const { site, code } of [
  { site: 'shanghai', code: 250 },
  { site: 'us', code: 451 },
] as const) {
  test(`${site} answers ${code} within the budget and 50 ms, then at once`, async (t) => {
    const slow: number[] = [];
    for (let number = 0; number < failuresMax; number += 1) {
      const { reply, tookMs } = await offer(site, `slow-${number}`);
      assert.equal(reply.code, code, reply.text);
      slow.push(tookMs);
    }
    const visits = scanner.visits;
    const fast: number[] = [];
    for (let number = 0; number < failuresMax; number += 1) {
      const { reply, tookMs } = await offer(site, `fast-${number}`);
      assert.equal(reply.code, code, reply.text);
      fast.push(tookMs);
    }
    assert.equal(scanner.visits, visits, 'it is left alone');
    const middle = (each: readonly number[]) => each.toSorted((a, b) => a - b)[1] ?? Number.NaN;
    const added = middle(slow) - middle(fast);
    t.diagnostic(`it cost ${Math.round(added)} ms of ${budgetMs}`);
    assert.ok(added <= budgetMs + 50, `${added} ms`);
  });
}

test('what was taken unscanned says so, and is no spam for it', async () => {
  const mail = await arrived(laboratory.cluster, 'shanghai', 'slow-0');
  assert.match(fieldsOf(mail, 'X-Spam-Status')[0] ?? '', /^X-Spam-Status: no.*scanner-down/);
  assert.match(mail.path, /\/new\//);
});
