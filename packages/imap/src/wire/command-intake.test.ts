import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcementOf, CommandIntake } from './command-intake.ts';

const text = 'a1 LOGIN {3}\r\nana {6+}\r\nsecret\r\n';

test('lines and literals come out the same however they are cut into packets', () => {
  for (let size = 1; size <= text.length; size += 1) {
    const intake = new CommandIntake();
    for (let at = 0; at < text.length; at += size) {
      intake.push(Buffer.from(text.slice(at, at + size)));
    }
    assert.deepEqual(intake.line(100), { kind: 'line', text: 'a1 LOGIN {3}' });
    const literal: Buffer[] = [];
    for (let left = 3; left > 0;) {
      const piece = intake.literalBytes(left);
      assert.ok(piece !== undefined && piece.length > 0);
      literal.push(piece);
      left -= piece.length;
    }
    assert.equal(Buffer.concat(literal).toString(), 'ana');
    assert.deepEqual(intake.line(100), { kind: 'line', text: ' {6+}' });
    assert.deepEqual(intake.line(100), { kind: 'line', text: 'secret' });
    assert.equal(intake.waitingBytes, 0);
    assert.deepEqual(intake.line(100), { kind: 'more' });
  }
});

test('a line without an end is refused at its limit, not kept (threat 19)', () => {
  const intake = new CommandIntake();
  intake.push(Buffer.alloc(99, 0x28));
  assert.equal(intake.line(100).kind, 'more');
  intake.push(Buffer.alloc(2, 0x28));
  assert.equal(intake.line(100).kind, 'too-long');
});

test('a megabyte in packets of one byte takes linear time', () => {
  const intake = new CommandIntake();
  const byte = Buffer.from('x');
  const startMs = performance.now();
  for (let count = 0; count < 1_000_000; count += 1) {
    intake.push(byte);
    if (count % 7 === 0) assert.equal(intake.line(2_000_000).kind, 'more');
  }
  assert.ok(performance.now() - startMs < 20_000);
});

test('what came before STARTTLS is forgotten (RFC 3501 §6.2.1)', () => {
  const intake = new CommandIntake();
  intake.push(Buffer.from('a2 LOGIN injected x\r\na3'));
  intake.reset();
  intake.push(Buffer.from('a4 NOOP\r\n'));
  assert.deepEqual(intake.line(100), { kind: 'line', text: 'a4 NOOP' });
});

test('announcements of literals are recognised at the end of a line only (RFC 3501 §9, RFC 7888, RFC 3516)', () => {
  assert.deepEqual(announcementOf('a APPEND x {12}'), {
    text: 'a APPEND x ',
    sizeBytes: 12,
    isBinary: false,
    isSynchronizing: true,
  });
  assert.deepEqual(announcementOf('a APPEND x ~{12+}'), {
    text: 'a APPEND x ',
    sizeBytes: 12,
    isBinary: true,
    isSynchronizing: false,
  });
  assert.equal(announcementOf('a SEARCH SUBJECT "{12}"'), undefined);
  assert.equal(announcementOf('a X {}'), undefined);
  assert.equal(announcementOf('a X {-1}'), undefined);
  assert.equal(announcementOf(`a X {${'9'.repeat(30)}}`), undefined);
});
