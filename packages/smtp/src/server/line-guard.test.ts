import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type LineFault, LineGuard } from './line-guard.ts';

const limits = { lineMaxBytes: 1_000, headerMaxBytes: 10_000 };

interface Outcome {
  readonly body: string;
  readonly fault: LineFault | undefined;
  readonly isEnded: boolean;
  readonly rest: string;
}

function readAll(chunks: readonly string[], options: Partial<typeof limits> = {}): Outcome {
  const guard = new LineGuard({ framing: 'dots', ...limits, ...options });
  let body = '';
  let rest = '';
  for (const text of chunks) {
    const chunk = Buffer.from(text, 'latin1');
    const next = guard.isEnded ? 0 : guard.read(chunk, 0);
    if (guard.fault === undefined && !(guard.isEnded && rest !== '')) {
      body += rest === '' && next > 0 ? guard.piece.toString('latin1') : '';
    }
    rest += text.slice(next);
  }
  return { body: guard.fault ? '' : body, fault: guard.fault, isEnded: guard.isEnded, rest };
}

/** The rule in its shortest form, on the whole text at once (RFC 5321 §4.5.2, §2.3.8). */
function reference(text: string): Outcome {
  const all = `\r\n${text}`;
  const end = all.indexOf('\r\n.\r\n');
  const raw = end === -1 ? all.slice(2) : all.slice(2, end + 2);
  const rest = end === -1 ? '' : all.slice(end + 5);
  const bare = /\r(?!\n)|(?<!\r)\n/.exec(raw);
  const fault = bare === null ? undefined : bare[0] === '\n' ? 'bare-lf' : 'bare-cr';
  const body = fault === undefined ? raw.replaceAll(/(^|\r\n)\./g, '$1') : '';
  return { body, fault, isEnded: end !== -1, rest };
}

test('only CRLF "." CRLF ends the data (RFC 5321 §4.1.1.4)', () => {
  assert.deepEqual(readAll(['a\r\n.\r\nQUIT']), {
    body: 'a\r\n',
    fault: undefined,
    isEnded: true,
    rest: 'QUIT',
  });
  assert.equal(readAll(['.\r\n']).isEnded, true);
  for (const ending of [
    '\n.\n',
    '\n.\r\n',
    '\r\n.\n',
    '\r.\r',
    '\r.\r\n',
    '\r\n.\r',
    '\n.\r',
    '\r.\n',
  ]) {
    const { isEnded, fault } = readAll([`a${ending}b`]);
    assert.equal(isEnded, false, JSON.stringify(ending));
    assert.notEqual(fault, undefined, JSON.stringify(ending));
  }
});

test('a dot at the start of a line is taken away, once (RFC 5321 §4.5.2)', () => {
  assert.equal(readAll(['..\r\n...x\r\n.y\r\na..\r\n.\r\n']).body, '.\r\n..x\r\ny\r\na..\r\n');
});

test('a dot behind a bare LF is not taken away; the message is refused (threat 1)', () => {
  assert.equal(readAll(['x\n..\r\ny\r\n.\r\n']).fault, 'bare-lf');
});

test('after a fault the data still ends at CRLF "." CRLF, wherever the chunks are cut', () => {
  const text = 'a\nb\r\n.\r\nNOOP';
  for (let cut = 1; cut < text.length; cut += 1) {
    const outcome = readAll([text.slice(0, cut), text.slice(cut)]);
    assert.equal(outcome.isEnded, true, `cut at ${cut}`);
    assert.equal(outcome.rest, 'NOOP', `cut at ${cut}`);
  }
});

test('however the bytes are cut into chunks, the answer is that of the whole (property)', () => {
  const part = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '.',
    '..',
    'a',
    'bc',
    '\r\n.',
    '.\r\n',
    '\r\n.\r\n',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 30 }),
      fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 40 }),
      (parts, sizes) => {
        const text = `${parts.join('')}\r\n.\r\nnext`;
        const chunks = cut(text, sizes);
        const expected = reference(text);
        const found = readAll(chunks);
        assert.equal(found.isEnded, expected.isEnded);
        assert.equal(found.rest, expected.rest);
        // Which of two faults is met first is the same, too.
        assert.equal(found.fault, expected.fault);
        assert.equal(found.body, expected.body);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('lines up to the limit pass, longer ones do not (RFC 5321 §4.5.3.1.6)', () => {
  const line = 'x'.repeat(1_000);
  assert.equal(readAll([`\r\n${line}\r\n.\r\n`]).fault, undefined);
  assert.equal(readAll([`\r\n${line}x\r\n.\r\n`]).fault, 'line-too-long');
  assert.equal(readAll(`\r\n${line}x\r\n.\r\n`.split('')).fault, 'line-too-long');
});

test('the header ends at the first empty line; a larger one is refused', () => {
  const field = `A: ${'x'.repeat(95)}\r\n`;
  const options = { headerMaxBytes: 1_000 };
  assert.equal(
    readAll([`${field.repeat(10)}\r\n${field.repeat(50)}.\r\n`], options).fault,
    undefined,
  );
  assert.equal(readAll([`${field.repeat(11)}\r\n.\r\n`], options).fault, 'header-too-large');
  assert.equal(
    readAll(`${field.repeat(11)}\r\n.\r\n`.split(''), options).fault,
    'header-too-large',
  );
});

test('a chunk is counted from outside and knows no dots (RFC 3030 §2)', () => {
  const guard = new LineGuard({ framing: 'none', ...limits });
  guard.read(Buffer.from('.\r\n..\r\n.\r\n'), 0);
  assert.equal(guard.piece.toString(), '.\r\n..\r\n.\r\n');
  assert.equal(guard.isEnded, false);
  guard.read(Buffer.from('a\nb'), 0);
  assert.equal(guard.fault, 'bare-lf');
});

test('a body of empty lines and one of dots take linear time (threat 14)', () => {
  const guard = new LineGuard({ framing: 'dots', lineMaxBytes: 1_000, headerMaxBytes: 1_000 });
  const started = performance.now();
  for (let round = 0; round < 50; round += 1) guard.read(Buffer.from('\r\n..'.repeat(16_384)), 0);
  assert.ok(performance.now() - started < 2_000);
});

function cut(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    const size = (sizes[index % sizes.length] ?? 0) + 1;
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}
