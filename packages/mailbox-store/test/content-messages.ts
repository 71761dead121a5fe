// Messages for the tests of the content index: many kinds of texts, made from one seed.
import { setTimeout as pause } from 'node:timers/promises';
import type { ContentKey, ReadBytes } from '../src/content/content-index.ts';

const words = [
  'Haus',
  'GRÜSSE',
  'straße',
  '你好世界',
  'ΟΔΟΣ',
  'naïve',
  'foo_bar',
  '"quoted"',
  '100%',
  "it's",
  'AND',
  'x*y',
  'ab',
  'é',
  '🙂',
  'ﬁn',
] as const;

export interface Letters {
  readonly keys: readonly ContentKey[];
  readonly bytes: Map<ContentKey, Buffer>;
  readonly read: ReadBytes;
  /** How often a message was read. */
  readonly reads: { count: number };
  /** Something to search for: of a message, or made up. */
  needle(): string;
}

export function letters(random: () => number, count: number): Letters {
  const pick = <T>(from: readonly T[]) => from[Math.trunc(random() * from.length)] as T;
  const sentence = () =>
    Array.from({ length: 1 + Math.trunc(random() * 12) }, () => pick(words)).join(
      pick([' ', '  ', '\r\n', '']),
    );
  const bytes = new Map<ContentKey, Buffer>();
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const text = sentence();
    texts.push(text);
    bytes.set(`letter-${index}`, Buffer.from(letter(text, { index, pick })));
  }
  const reads = { count: 0 };
  return {
    keys: [...bytes.keys()],
    bytes,
    reads,
    read: async (key) => {
      reads.count += 1;
      // As a disk: later, and each time other bytes.
      await pause(0);
      const found = bytes.get(key);
      return found && Buffer.from(found);
    },
    needle: () => {
      const text = random() < 0.7 ? pick(texts) : sentence();
      const start = Math.trunc(random() * text.length);
      const needle = text.slice(start, start + 1 + Math.trunc(random() * 9)).toWellFormed();
      return random() < 0.5 ? needle.toUpperCase() : needle;
    },
  };
}

interface LetterChoices {
  readonly index: number;
  readonly pick: <T>(from: readonly T[]) => T;
}

function letter(text: string, { index, pick }: LetterChoices): string {
  const base64 = Buffer.from(text).toString('base64');
  const head = `From: ${pick(['Ana', '=?utf-8?Q?J=C3=B6rg?=', '"B, C"'])} <a${index % 7}@haus.test>\r\nTo: b@b.test\r\nSubject: =?utf-8?B?${Buffer.from(text.slice(0, 20)).toString('base64')}?=\r\nX-Number: n${index}\r\n`;
  return pick([
    `${head}Content-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`,
    `${head}Cc: Carl <c@c.test>\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`,
    `${head}Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain ${index}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>${text.replaceAll('<', '&lt;')}</p>\r\n--b--\r\n`,
  ]);
}
