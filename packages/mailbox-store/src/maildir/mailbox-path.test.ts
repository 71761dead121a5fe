import assert from 'node:assert/strict';
import { resolve, sep } from 'node:path';
import { test } from 'node:test';
import { mailboxPath, safeName } from './mailbox-path.ts';

const hostile = [
  '', '.', '..', '...', '../..', '../../etc/passwd', '/etc/passwd', '/', '//', 'a/b', 'a\\b', '..\\..', 'a\0b', '\0', '.hidden', '.Trash',
  '%2e%2e', '%2E%2E%2F', '%', '%h', `%h${'0'.repeat(64)}`, 'a%2Fb', '\u2024\u2024', '\u2025', '\uff0e\uff0e\uff0f', 'a\nb', 'a\r\nb', ' ', 'a b',
  '-rf', '~', '~root', '$HOME', '`id`', '*', '?', '[a]', '{a,b}', 'CON', 'con', 'NUL', 'nul.txt', 'Ana', 'ana', 'ANA', 'a\u0308', '\u00e4', '\u00c4',
  '\u0131', 'i', 'I', '\ud800', 'x'.repeat(64), 'x'.repeat(200), 'x'.repeat(201), 'x'.repeat(4096), 'y'.repeat(4096), '/'.repeat(4096), '\u00e4'.repeat(64),
]; // prettier-ignore

test('whatever the address, its mailbox is inside the root (threat 20)', () => {
  for (const local of hostile) {
    for (const domain of ['example.test', ...hostile]) {
      const path = mailboxPath('/store', { local, domain });
      assert.equal(resolve(path), path, JSON.stringify({ local, domain }));
      assert.ok(path.startsWith('/store/mail/'));
      const parts = path.split(sep).slice(1);
      assert.equal(parts.length, 5);
      assert.ok(
        parts.every(
          (part) =>
            part.length > 0 && part.length <= 255 && !part.startsWith('.') && !part.includes('\0'),
        ),
      );
    }
  }
});

test('two names never share a directory, not even where case is folded', () => {
  const names = hostile.map((local) => safeName(local).toLowerCase());
  // A lone surrogate is no text; all of them are one replacement character.
  assert.equal(new Set(names).size, new Set(hostile).size);
});

test('plain names stay readable', () => {
  for (const name of [
    'ana',
    'ana.smith',
    'ana+news',
    'a_b-c',
    'example.test',
    'xn--bcher-kva.test',
  ])
    assert.equal(safeName(name), name);
});
