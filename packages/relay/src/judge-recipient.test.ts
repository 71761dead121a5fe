import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecipientList } from '@restante/recipients';
import type { EdgeSession, MailCommand } from '@restante/smtp';
import { judgeRecipient } from './judge-recipient.ts';
import { namesPostmaster, postmasterHere, withPostmaster } from './postmaster-here.ts';
import { createRouter } from './router.ts';

const router = createRouter('us', [
  { name: 'new.test', home: 'us', backups: [] },
  { name: 'us.test', home: 'us', backups: ['shanghai'] },
  { name: 'shanghai.test', home: 'shanghai', backups: ['us'] },
]);
// new.test has no people yet.
const list = {
  lookup: (address: string) => ({ kind: address.endsWith('@new.test') ? 'unknown' : 'known' }),
} as RecipientList;
/** Of a domain that takes small mail only. */
const small = {
  lookup: () => ({ kind: 'known', messageMaxBytes: 1000 }),
} as unknown as RecipientList;
const parts = { site: 'us', hostname: 'mx.us.test', router, listFor: () => list };
const mail: MailCommand = { sender: 'x@stranger.test', body: '7bit', smtpUtf8: false };

function codeFor(address: string, path?: readonly string[]): number {
  const notes = new Map<string, unknown>(path === undefined ? [] : [['hop', { path }]]);
  const session = {
    notes,
    ...(path === undefined ? {} : { peer: { site: 'shanghai' } }),
  } as unknown as EdgeSession;
  return judgeRecipient(parts, { session, mail, address })?.code ?? 250;
}

test('mail of a domain that moved here comes home, although it started here', () => {
  assert.equal(codeFor('ana@us.test', ['us', 'shanghai']), 250);
});

test('how large it was when it came decides, not what a site of ours put on top (law 4)', () => {
  const asked = { mail: { ...mail, sizeBytes: 1500 }, address: 'ana@us.test' };
  const session = { notes: new Map() } as unknown as EdgeSession;
  const strict = { ...parts, listFor: () => small };
  assert.equal(judgeRecipient(strict, { ...asked, session })?.code, 552);
  const peer = { ...session, peer: { site: 'shanghai' } };
  assert.equal(judgeRecipient(strict, { ...asked, session: peer }), undefined);
});

test('what has been here and would only go back is a circle (RFC 5321 §6.3)', () => {
  assert.equal(codeFor('bo@shanghai.test', ['us', 'shanghai']), 554);
});

test('two cluster files that differ for a while put mail off, they quarantine nothing', () => {
  assert.equal(codeFor('bo@shanghai.test', ['shanghai']), 451);
  assert.equal(codeFor('bo@unheard-of.test', ['shanghai']), 451);
});

test('a stranger may send to both kinds of our domains, and not through us', () => {
  assert.equal(codeFor('ana@us.test'), 250);
  assert.equal(codeFor('bo@shanghai.test'), 250);
  assert.equal(codeFor('bo@unheard-of.test'), 550);
});

test('RCPT TO:<postmaster> reaches the postmaster of a domain that has one (RFC 5321 §4.5.1)', () => {
  assert.ok(namesPostmaster(parts, 'postmaster@mx.us.test'));
  assert.ok(!namesPostmaster(parts, 'postmaster@us.test'));
  assert.equal(postmasterHere(parts), 'postmaster@us.test');
  const recipients = ['postmaster@mx.us.test', 'postmaster@us.test', 'ana@us.test'].map(
    (address) => ({ address }),
  );
  const envelope = withPostmaster(parts, { sender: '', recipients, body: '7bit', smtpUtf8: false });
  assert.deepEqual(
    envelope.recipients.map(({ address }) => address),
    ['postmaster@us.test', 'ana@us.test'],
  );
});
