// Messages with everything that canonicalization is about: blanks, folds, empty lines, 8-bit bytes, fields twice, no body.
import fc from 'fast-check';

const word = fc.stringMatching(/^[!-9;-~\xa0-\xff]{1,12}$/);
const blank = fc.constantFrom(' ', '  ', '\t', ' \t ', '   ');
const inline = fc
  .array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 2, arbitrary: blank }), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));
const line = fc.oneof({ weight: 4, arbitrary: inline }, { weight: 1, arbitrary: fc.constant('') });

/** Folded so that no line is blanks alone: others read such a line as the end of the header. */
const value = fc
  .array(fc.tuple(word, fc.constantFrom(' ', '  ', '\t', '\r\n ', '\r\n\t  ', ' \r\n ')), {
    maxLength: 6,
  })
  .map((parts) => parts.flat().join(''))
  .map((text) => text.replace(/\s+$/, ''));

const field = fc
  .tuple(
    fc.constantFrom('Subject', 'To', 'X-One', 'X-one', 'Received'),
    fc.constantFrom('', ' ', '\t'),
    value,
  )
  .map(([name, space, text]) => `${name}:${space}${text}\r\n`);

/** CRLF ended, with one From; the body may be empty, end in empty lines, or have blanks at line ends. */
export const message = fc
  .tuple(fc.array(field, { maxLength: 6 }), fc.nat(6), fc.array(line, { maxLength: 10 }))
  .map(([fields, place, lines]) => {
    const all = fields.toSpliced(place, 0, 'From: Ana <ana@home.test>\r\n');
    return `${all.join('')}\r\n${lines.map((text) => `${text}\r\n`).join('')}`;
  });

/** The same ones on every run of a seed. */
export function someMessages(count: number, seed: number): readonly string[] {
  return fc.sample(message, { numRuns: count, seed });
}
