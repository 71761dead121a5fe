import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourceFolder } from '../mail-source.ts';
import { targetFor } from './target-folders.ts';

const ours = [
  { name: 'INBOX', isHidden: false },
  { name: 'Sent', specialUse: 'sent' as const, isHidden: false },
  { name: 'Papierkorb', specialUse: 'trash' as const, isHidden: false },
  { name: 'Archive', specialUse: 'archive' as const, isHidden: false },
];
const named = (name: string, more: Partial<SourceFolder> = {}): SourceFolder => ({
  name,
  place: name,
  isSubscribed: true,
  ...more,
});

test('folders of the same use meet, whatever they are called (RFC 6154)', () => {
  assert.deepEqual(targetFor(named('Sent Items'), ours), { name: 'Sent' });
  assert.deepEqual(targetFor(named('INBOX/Sent'), ours), { name: 'Sent' });
  assert.deepEqual(targetFor(named('Gesendet', { specialUse: 'sent' }), ours), { name: 'Sent' });
  assert.deepEqual(targetFor(named('Trash'), ours), { name: 'Papierkorb' });
  assert.deepEqual(targetFor(named('All Mail', { specialUse: 'all' }), ours), { name: 'Archive' });
});

test('others keep their names, and a use that nobody has here is taken over', () => {
  assert.deepEqual(targetFor(named('inbox'), ours), { name: 'INBOX' });
  assert.deepEqual(targetFor(named('Work/2024'), ours), { name: 'Work/2024' });
  assert.deepEqual(targetFor(named('Sent/2024'), ours), { name: 'Sent/2024' });
  assert.deepEqual(targetFor(named('Spam'), ours), { name: 'Spam', specialUse: 'junk' });
});
