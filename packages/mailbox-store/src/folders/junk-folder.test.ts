import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpecialUse } from '../mailbox.ts';
import type { TreeFolder } from './folder-tree.ts';
import { recoverableFolder } from './folder-name.ts';
import { junkFolderOf, lessonOf } from './junk-folder.ts';

const tree = (...folders: readonly (readonly [string, SpecialUse?])[]) =>
  new Map<string, TreeFolder>(
    folders.map(([name, specialUse]) => [
      name,
      {
        name,
        dir: `/${name}`,
        isSelectable: true,
        hasChildren: false,
        isHidden: false,
        ...(specialUse !== undefined && { specialUse }),
      },
    ]),
  );
const usual = tree(['INBOX'], ['Junk', 'junk'], ['Trash', 'trash'], ['Lists']);

for (const [from, to, lesson] of [
  ['INBOX', 'Junk', 'spam'],
  ['Trash', 'Junk', 'spam'],
  ['Junk', 'INBOX', 'ham'],
  ['Junk', 'Lists', 'ham'],
  ['Junk', 'Trash', undefined],
  ['Junk', 'Trash/2026', undefined],
  ['Junk', 'Junk', undefined],
  ['INBOX', 'Lists', undefined],
  [recoverableFolder, 'Junk', undefined],
] as const)
  test(`moving mail from ${from} to ${to} says ${lesson ?? 'nothing'}`, () => {
    assert.equal(lessonOf(usual, { from, to }), lesson);
  });

test('the Junk folder is the one with the mark, whatever its name; else the one with the name (RFC 6154 §2)', () => {
  assert.equal(junkFolderOf(tree(['INBOX'], ['Junk'], ['Spam', 'junk'])), 'Spam');
  assert.equal(junkFolderOf(tree(['INBOX'], ['Junk'])), 'Junk');
  assert.equal(junkFolderOf(tree(['INBOX'])), undefined);
});
