import assert from 'node:assert/strict';
import { test } from 'node:test';
import { threadList, type ThreadSubject } from './thread-node.ts';
import { threadByOrderedSubject } from './thread-ordered-subject.ts';
import { threadByReferences } from './thread-references.ts';

/** "3 a<b<c Subject": message 3, its id a, references c then b (oldest first is written last). */
function mail(id: number, messageId: string, references = '', subject = `s${id}`): ThreadSubject {
  const ids = references === '' ? [] : references.split(' ');
  return { id, sentAtMs: id * 1000, subject, messageId, references: ids };
}

const references = (...messages: readonly ThreadSubject[]): string =>
  threadList(threadByReferences(messages));

test('REFERENCES: an answer stands below what it answers (RFC 5256 §3 step 1)', () => {
  assert.equal(references(mail(1, 'a'), mail(2, 'b', 'a'), mail(3, 'c', 'a b')), '(1 2 3)');
  assert.equal(references(mail(1, 'a'), mail(2, 'b', 'a'), mail(3, 'c', 'a')), '(1 (2)(3))');
});

test('REFERENCES: an answer before what it answers (RFC 5256 §3 step 1)', () => {
  assert.equal(references(mail(1, 'c', 'a b'), mail(2, 'b', 'a'), mail(3, 'a')), '(3 2 1)');
});

test('REFERENCES: truncated references of others do not move a message (RFC 5256 §3 step 1.B)', () => {
  assert.equal(
    references(mail(1, 'd', 'a c'), mail(2, 'a'), mail(3, 'b', 'a'), mail(4, 'c', 'a b')),
    '(2 3 4 1)',
  );
});

test('REFERENCES: the same Message-ID twice is two messages (RFC 5256 §3 step 1)', () => {
  assert.equal(references(mail(1, 'a'), mail(2, 'a'), mail(3, 'b', 'a')), '(1 3)(2)');
});

test('REFERENCES: what is not here leaves no gap, only a common top (RFC 5256 §3 step 3)', () => {
  assert.equal(references(mail(1, 'b', 'a'), mail(2, 'c', 'a')), '((1)(2))');
  assert.equal(references(mail(1, 'b', 'x y z')), '(1)');
  assert.equal(references(mail(1, 'a'), mail(2, 'c', 'a x'), mail(3, 'd', 'a x')), '(1 (2)(3))');
});

test('REFERENCES: threads with one base subject become one (RFC 5256 §3 step 5)', () => {
  assert.equal(references(mail(1, 'a', '', 'tea'), mail(2, 'b', '', 'Re: tea')), '(1 2)');
  assert.equal(references(mail(1, 'a', '', 'Re: tea'), mail(2, 'b', '', 'tea')), '(2 1)');
  assert.equal(references(mail(1, 'a', '', 'tea'), mail(2, 'b', '', 'tea')), '((1)(2))');
  assert.equal(
    references(mail(1, 'b', 'a', 'tea'), mail(2, 'c', 'a', 'x'), mail(3, 'd', '', 'Re: tea')),
    '((1)(2)(3))',
  );
  assert.equal(references(mail(1, 'a', '', ''), mail(2, 'b', '', 'Re:')), '(1)(2)');
});

test('REFERENCES: siblings are ordered by sent date (RFC 5256 §3 step 6)', () => {
  const late = { ...mail(2, 'b', 'a'), sentAtMs: 9_000 };
  assert.equal(references(mail(1, 'a'), late, mail(3, 'c', 'a')), '(1 (3)(2))');
});

test('REFERENCES: loops are not closed (RFC 5256 §3 step 1.A)', () => {
  assert.equal(references(mail(1, 'a', 'b'), mail(2, 'b', 'a')), '(2 1)');
  assert.equal(references(mail(1, 'a', 'a')), '(1)');
  assert.equal(references(mail(1, 'x', 'a b c a b c a'), mail(2, 'y', 'c b a c')), '((1)(2))');
  const ring = Array.from({ length: 500 }, (_, n) => mail(n + 1, `m${n}`, `m${(n + 1) % 500}`));
  const said = references(...ring);
  assert.equal(said.match(/\d+/g)?.length, 500);
});

test('REFERENCES: every message is answered once, whatever ids say (RFC 5256 §3)', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let round = 0; round < 200; round += 1) {
    const messages = Array.from({ length: 30 }, (_, n) => {
      const ids = Array.from({ length: random(6) }, () => `i${random(20)}`);
      return mail(n + 1, `i${random(20)}`, ids.join(' '), ['tea', 'Re: tea', '', 'x'][random(4)]);
    });
    const said = references(...messages);
    const seen = (said.match(/\d+/g) ?? []).map(Number).toSorted((a, b) => a - b);
    assert.deepEqual(
      seen,
      messages.map(({ id }) => id),
      said,
    );
  }
});

test(
  'REFERENCES: hostile chains and rings cost about linear time (RFC 5256 §3)',
  { timeout: 20_000 },
  () => {
    const count = 60_000;
    const chain = Array.from({ length: count }, (_, n) =>
      mail(n + 1, `m${n}`, `m${n - 1}`, 'Re: x'),
    );
    assert.ok(references(...chain).length > count);
    assert.ok(references(...chain.toReversed()).length > count);
    // A deep line, then messages with children of their own that want to hang below its end.
    const pairs = chain
      .slice(0, count / 2)
      .flatMap(({ id }) => [
        mail(count + id * 2, `y${id}`, `x${id}`),
        mail(count + id * 2 + 1, `x${id}`, `m${count / 2 - 1}`),
      ]);
    assert.ok(references(...chain.slice(0, count / 2), ...pairs).length > count);
    const ids = Array.from({ length: 20_000 }, (_, n) => `d${n}`).join(' ');
    const wide = Array.from({ length: 5_000 }, (_, n) => mail(n + 2, `w${n}`, 'd19999'));
    assert.ok(references(mail(1, 'w', ids), ...wide).length > 5_000);
  },
);

test('ORDEREDSUBJECT: one thread a base subject, the oldest on top (RFC 5256 §3)', () => {
  const said = threadByOrderedSubject([
    mail(1, 'a', '', 'tea'),
    mail(2, 'b', '', 'milk'),
    mail(3, 'c', '', 'Re: tea'),
    mail(4, 'd', '', '[list] tea (fwd)'),
    mail(5, 'e', '', 'fw: milk'),
  ]);
  assert.equal(threadList(said), '(1 (3)(4))(2 5)');
});
