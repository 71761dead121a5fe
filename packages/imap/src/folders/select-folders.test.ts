import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FolderEntry } from '@restante/mailbox-store';
import { Reader } from '../wire/reader.ts';
import { parseList } from './list-request.ts';
import { selectFolders } from './select-folders.ts';

function entry(name: string, more: Partial<FolderEntry> = {}): FolderEntry {
  const plain = { isSelectable: true, hasChildren: false, isSubscribed: false, isHidden: false };
  return { name, ...plain, ...more };
}

const folders = [
  entry('INBOX'),
  entry('Deleted', { isHidden: true }),
  entry('Foo', { hasChildren: true }),
  entry('Foo/Bar', { isSubscribed: true }),
  entry('Sent', { specialUse: 'sent', isSubscribed: true }),
];
const subscriptions = ['Foo/Bar', 'Sent', 'Gone/Child'];

function listed(text: string): readonly string[] {
  const request = parseList(new Reader({ text: ` ${text}`, literals: [] }, { isUtf8: false }));
  return selectFolders({ folders, subscriptions }, request).map(
    ({ name, attributes, childInfo }) =>
      `${name} ${attributes.join(' ')}${childInfo ? ' CHILDINFO' : ''}`,
  );
}

test('LIST shows children and special uses without being asked (RFC 3348, RFC 6154 §2)', () => {
  assert.deepEqual(listed('"" %'), [
    'INBOX \\HasNoChildren',
    'Foo \\HasChildren',
    'Sent \\HasNoChildren \\Sent',
  ]);
});

test('LIST (SUBSCRIBED) shows names whose folder is gone (RFC 5258 §3.1)', () => {
  assert.deepEqual(listed('(SUBSCRIBED) "" *'), [
    'Foo/Bar \\HasNoChildren \\Subscribed',
    'Gone/Child \\NonExistent \\Noselect \\Subscribed',
    'Sent \\HasNoChildren \\Sent \\Subscribed',
  ]);
});

test('RECURSIVEMATCH shows what is above a subscribed name (RFC 5258 §3.5)', () => {
  assert.deepEqual(listed('(SUBSCRIBED RECURSIVEMATCH) "" %'), [
    'Foo \\HasChildren CHILDINFO',
    'Gone \\NonExistent \\Noselect CHILDINFO',
    'Sent \\HasNoChildren \\Sent \\Subscribed',
  ]);
  assert.throws(() => listed('(RECURSIVEMATCH) "" %'));
});

test('several patterns, a reference, and special uses only (RFC 5258 §3, RFC 6154 §5.2)', () => {
  assert.deepEqual(listed('"" (INBOX Sent) RETURN (CHILDREN)'), [
    'INBOX \\HasNoChildren',
    'Sent \\HasNoChildren \\Sent',
  ]);
  assert.deepEqual(listed('Foo/ %'), ['Foo/Bar \\HasNoChildren']);
  assert.deepEqual(listed('(SPECIAL-USE) "" *'), ['Sent \\HasNoChildren \\Sent']);
});

test('the folder of deleted mail is seen only by who asks for it by name', () => {
  assert.equal(
    listed('"" *').some((line) => line.startsWith('Deleted')),
    false,
  );
  assert.deepEqual(listed('"" Deleted'), ['Deleted \\HasNoChildren']);
  assert.deepEqual(listed('"" Deleted*'), ['Deleted \\HasNoChildren']);
});
