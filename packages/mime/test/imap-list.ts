// What an IMAP server answers, as nested lists of texts: just enough to compare two readings of a message.
import { once } from 'node:events';
import { connect } from 'node:net';

/** NIL is undefined. */
export type ImapValue = string | undefined | readonly ImapValue[];

/** Logs in, opens INBOX and asks; gives the answers to FETCH by sequence number. */
export async function fetchAll(
  imap: string,
  { user, items }: { readonly user: string; readonly items: string },
): Promise<ReadonlyMap<number, readonly ImapValue[]>> {
  const socket = connect(Number(imap.split(':')[1]), '127.0.0.1');
  // Bytes as they are.
  socket.setEncoding('latin1');
  socket.write(`a LOGIN ${user} secret\r\nb SELECT INBOX\r\nc FETCH 1:* (${items})\r\n`);
  let text = '';
  while (!/^c (?:OK|NO|BAD)/m.test(text)) {
    const [piece] = (await once(socket, 'data', { signal: AbortSignal.timeout(30_000) })) as [
      string,
    ];
    text += piece;
  }
  socket.destroy();
  const answers = new Map<number, readonly ImapValue[]>();
  for (const found of text.matchAll(/^\* (\d+) FETCH (?=\()/gm)) {
    const { value } = readValue(text, found.index + found[0].length);
    if (typeof value === 'object') answers.set(Number(found[1]), value);
  }
  return answers;
}

function readValue(text: string, at: number): { readonly value: ImapValue; readonly end: number } {
  switch (text[at]) {
    case '(':
      return readList(text, at + 1);
    case '"':
      return readQuoted(text, at + 1);
    case '{': {
      const close = text.indexOf('}', at);
      const start = close + 3;
      const end = start + Number(text.slice(at + 1, close));
      return { value: utf8(text.slice(start, end)), end };
    }
    default: {
      const end = at + (/^[^ ()\r\n]+/.exec(text.slice(at, at + 100))?.[0].length ?? 0);
      const atom = text.slice(at, end);
      return { value: atom === 'NIL' ? undefined : atom, end };
    }
  }
}

function readList(
  text: string,
  start: number,
): { readonly value: ImapValue; readonly end: number } {
  const list: ImapValue[] = [];
  let at = start;
  while (text[at] !== ')' && at < text.length) {
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    const { value, end } = readValue(text, at);
    list.push(value);
    at = end;
  }
  return { value: list, end: at + 1 };
}

function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  let at = start;
  for (; text[at] !== '"'; at += 1) {
    if (text[at] === '\\') at += 1;
    value += text[at] ?? '';
  }
  return { value: utf8(value), end: at + 1 };
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
