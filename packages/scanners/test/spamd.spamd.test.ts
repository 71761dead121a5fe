// Against a real spamd with the rules of deploy/spamassassin/limited: no network, a Bayes database of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gtube, messageOf, scannersFor, taughtOf, usualHeader } from './scanners-for-tests.ts';
import { type Spamd, startSpamd } from './spamd.ts';
import { whyNot } from './start-daemon.ts';

describe('spamd', { skip: whyNot('spamd') }, () => {
  let spamd: Spamd;
  before(async () => void (spamd = await startSpamd()));
  after(async () => spamd?.[Symbol.asyncDispose]());

  for (const [how, where] of [
    ['TCP', () => spamd.tcp],
    ['a unix socket', () => spamd.unix],
  ] as const) {
    test(`says what is spam, over ${how}`, async () => {
      await using own = scannersFor({ spamd: where(), spamdUser: 'nobody' });
      const report = await own.scanners.scan(messageOf(`Buy now\r\n${gtube}\r\n`));
      assert.deepEqual(report.failed, []);
      assert.equal(report.scores.length, 1);
      assert.equal(report.scores[0]?.by, 'spamd');
      assert.ok((report.scores[0]?.score ?? 0) >= 1000);
      assert.equal(report.scores[0]?.threshold, 5);
      assert.ok(report.scores[0]?.rules.includes('GTUBE'));
      assert.equal(own.events[0]?.name === 'scanner.answered' && own.events[0].outcome, 'ok');
    });
  }

  test('says what is not', async () => {
    await using own = scannersFor({ spamd: spamd.tcp });
    const report = await own.scanners.scan(messageOf('Soup at one?\r\n'));
    assert.deepEqual(report.failed, []);
    assert.equal(report.scores[0]?.score, 0);
    assert.deepEqual(report.scores[0]?.rules, []);
  });

  test('the limited rules find a program, an old letter and missing fields', async () => {
    await using own = scannersFor({ spamd: spamd.tcp });
    const program = `${usualHeader}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n`;
    const attached =
      '--b\r\nContent-Type: application/octet-stream; name="bill.pdf.exe"\r\n\r\nMZ\r\n--b--\r\n';
    const first = await own.scanners.scan(messageOf(attached, { header: program }));
    assert.deepEqual(first.scores[0]?.rules, ['LIMITED_PROGRAM']);
    const fee =
      'I am the barrister of a late client; US$ 12,500,000 wait, strictly confidential.\r\n';
    const second = await own.scanners.scan(messageOf(fee, { header: 'Subject: hello\r\n' }));
    assert.deepEqual(second.scores[0]?.rules.toSorted(), [
      'LIMITED_ADVANCE_FEE',
      'LIMITED_NO_DATE',
      'LIMITED_NO_FROM',
      'LIMITED_NO_MESSAGE_ID',
    ]);
  });

  test('sees every byte that will be stored: small pieces, no body, a body without a line end (threat 18)', async () => {
    await using own = scannersFor({ spamd: spamd.tcp });
    const inPieces = await own.scanners.scan(messageOf(`${gtube}\r\n`, { pieceBytes: 1 }));
    assert.ok(inPieces.scores[0]?.rules.includes('GTUBE'));
    assert.deepEqual((await own.scanners.scan(messageOf(''))).failed, []);
    const atTheEnd = await own.scanners.scan(messageOf(`${'a '.repeat(20_000)}\r\n${gtube}`));
    assert.ok(atTheEnd.scores[0]?.rules.includes('GTUBE'));
  });

  test('is not asked about what is too large, and the report says so', async () => {
    await using own = scannersFor({ spamd: spamd.tcp, spamdMaxBytes: 1000 });
    const report = await own.scanners.scan(messageOf('x'.repeat(1000)));
    assert.deepEqual(report.scores, []);
    assert.match(report.failed[0]?.why ?? '', /too large for spamd: \d+ bytes, at most 1000/);
    assert.equal(report.failed[0]?.kind, 'unable');
  });

  test('a body that is not as long as announced is our failure, not its', async () => {
    await using own = scannersFor({ spamd: spamd.tcp, failuresMax: 1 });
    const cut = { ...messageOf('short\r\n'), bodyBytes: 100 };
    const report = await own.scanners.scan(cut);
    assert.match(report.failed[0]?.why ?? '', /could not be read/);
    assert.deepEqual((await own.scanners.scan(messageOf('whole\r\n'))).failed, []);
  });

  test('learns what is spam and what is not, once', async () => {
    await using own = scannersFor({ spamd: spamd.tcp });
    const spam = `${usualHeader.replace('<1@', '<2@')}\r\nCheap pills today, buy quickly\r\n`;
    const ham = `${usualHeader.replace('<1@', '<3@')}\r\nThe minutes of the meeting are attached\r\n`;
    assert.deepEqual(await own.scanners.teach('spam', taughtOf(spam)), ['spamd']);
    assert.deepEqual(await own.scanners.teach('spam', taughtOf(spam)), []);
    assert.deepEqual(await own.scanners.teach('ham', taughtOf(ham)), ['spamd']);
    assert.equal(spamd.learned('nspam'), 1);
    assert.equal(spamd.learned('nham'), 1);
    // She thought again: out of Junk it goes.
    assert.deepEqual(await own.scanners.teach('ham', taughtOf(spam)), ['spamd']);
    assert.equal(spamd.learned('nspam'), 0);
    assert.equal(spamd.learned('nham'), 2);
    const outcomes = own.events.flatMap((one) =>
      one.name === 'scanner.taught' ? [one.outcome] : [],
    );
    assert.deepEqual(outcomes, ['learned', 'known', 'learned', 'learned']);
  });
});
