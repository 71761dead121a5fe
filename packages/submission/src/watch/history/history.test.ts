import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abusePlacesOf } from './abuse-places.ts';
import { readHistory, writeHistory } from './history-row.ts';
import { networkOf, subjectOf } from './place-of.ts';
import { programIn, programOf } from './program-of.ts';
import { SeenFilter } from './seen-filter.ts';
import { dayMs, emptyHistory, learn, makeUsual } from './sender-history.ts';
import { usualOf } from './usual-of.ts';

const facts = (more: object = {}) => ({
  id: 'm1',
  account: 'ana@x.test',
  recipients: ['bob@far.test'],
  clientAddress: '192.0.2.7',
  helo: 'laptop',
  ...more,
});
const usual = (history: ReturnType<typeof emptyHistory>, nowMs: number) =>
  usualOf(history, { nowMs, learnMs: 3 * dayMs });

test('a network is about one provider, a place to block one household', () => {
  assert.equal(networkOf('192.0.2.7'), '192.0/16');
  assert.equal(networkOf('::ffff:192.0.2.7'), '192.0/16');
  assert.equal(networkOf('2001:DB8:1:2:3::4'), '2001:db8/32');
  assert.equal(networkOf('2001:0db8::1'), networkOf('2001:db8:ffff::2'));
  assert.equal(subjectOf('2001:db8:0:2::9'), '2001:db8:0:2::/64');
  assert.equal(subjectOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(subjectOf('::ffff:192.0.2.7'), '192.0.2.7/32');
  for (const odd of ['', 'local', '::', '1.2.3', 'x'.repeat(9000)])
    assert.ok(networkOf(odd).length <= 64, odd);
});

test('a program is the same after an update and under another address', () => {
  const one = programOf({ helo: '[192.168.1.5]', program: 'Mozilla Thunderbird 128.2' });
  assert.equal(one, programOf({ helo: '[10.0.0.9]', program: 'Mozilla Thunderbird 129' }));
  assert.notEqual(one, programOf({ helo: '[10.0.0.9]', program: 'PHPMailer 6' }));
  assert.equal(programOf({ helo: 'LAPTOP-7' }), programOf({ helo: 'laptop-12' }));
  assert.equal(programIn(Buffer.from('A: b\r\nuser-agent: Mutt/2.2\r\n')), 'Mutt/2.2');
  assert.equal(programIn(Buffer.from('Subject: x\r\n')), undefined);
  assert.equal(programIn(Buffer.from('Subject: x\r\n X-Mailer: folded\r\n')), undefined);
});

test('people written to before are known, strangers are not, within bounds', () => {
  const filter = new SeenFilter(0);
  for (let index = 0; index < 20_000; index += 1) filter.add(`reader${index}`, 0);
  const again = Array.from({ length: 20_000 }, (_, index) => filter.add(`reader${index}`, 1));
  // The first ones were pushed out while the filter grew; never so many that the letter looks like one to strangers.
  assert.ok(again.filter(Boolean).length < 0.15 * again.length);
  assert.ok(again.slice(-10_000).every((isNew) => !isNew));
  const strangers = Array.from({ length: 5_000 }, (_, index) => filter.add(`stranger${index}`, 1));
  assert.ok(strangers.filter(Boolean).length > 4_700);
  for (let index = 0; index < 300_000; index += 1) filter.add(`more${index}`, 1);
  const bytes = filter.generations.reduce((sum, { bits }) => sum + bits.length, 0);
  assert.ok(bytes <= 2 * 40_961, `${bytes} bytes`);
});

test('what is new is so for a day, and only for who is known for a while', () => {
  const history = emptyHistory(0);
  learn(history, facts(), 0);
  assert.deepEqual([usual(history, 1).isLearned, usual(history, 1).newNetworks], [false, 1]);
  const later = 10 * dayMs;
  learn(history, facts({ clientAddress: '198.51.100.1', helo: 'other' }), later);
  const { isLearned, newNetworks, newPrograms, recipientsOfBestDay } = usual(history, later);
  assert.deepEqual([isLearned, newNetworks, newPrograms, recipientsOfBestDay], [true, 1, 1, 1]);
  assert.deepEqual(
    abusePlacesOf(history, later).map(({ subject }) => subject),
    ['198.51.100.1/32'],
  );
  makeUsual(history, later);
  assert.deepEqual(
    [usual(history, later).newNetworks, usual(history, later).recipientsToday],
    [0, 0],
  );
  assert.deepEqual(abusePlacesOf(history, later), []);
});

test('the address of today in the network of every day is nobody to block', () => {
  const history = emptyHistory(0);
  learn(history, facts(), 0);
  learn(history, facts({ clientAddress: '192.0.77.1' }), 20 * dayMs);
  assert.deepEqual(abusePlacesOf(history, 20 * dayMs), []);
});

test('a history is bounded whatever somebody sends, and comes back from its row as it was', () => {
  const history = emptyHistory(0);
  for (let index = 0; index < 500; index += 1) {
    const clientAddress = `${index % 250}.${index % 200}.0.1`;
    learn(
      history,
      facts({ clientAddress, helo: `${'x'.repeat(index)}`, recipients: [`r${index}`] }),
      index * dayMs,
    );
  }
  assert.ok(history.networks.size <= 64 && history.addresses.size <= 64);
  assert.ok(history.programs.size <= 16 && history.days.size <= 36);
  const { facts: text, nowBits, beforeBits } = writeHistory(history);
  const row = { facts: text, now_bits: nowBits, before_bits: beforeBits };
  const back = readHistory(row);
  assert.ok(back !== undefined);
  assert.deepEqual([...back.networks], [...history.networks]);
  assert.deepEqual([...back.days], [...history.days]);
  assert.equal(back.known.add('r499', 0), false);
  for (const strange of ['', '{', '[]', '{"firstMs":"x"}', 'null'])
    assert.equal(readHistory({ ...row, facts: strange }), undefined, strange);
  const odd = readHistory({ facts: '{"firstMs":1,"networks":[1,[2],["a",{}]],"days":{}}' });
  assert.equal(odd?.networks.size, 0);
});
