import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsError } from '@restante/dns';
import { SmtpConnectionError } from '@restante/smtp';
import type { RecipientResult, SmtpPhase } from '@restante/smtp';
import { classifyFailure, classifyResult, isTooManyRecipients } from './classify-reply.ts';

function result(
  text: string,
  phase: SmtpPhase,
  by: RecipientResult['by'] = 'answered',
): RecipientResult {
  const [, code = '', enhanced = ''] = /^(\d{3}) ?(\d\.\d\.\d+)?/.exec(text) ?? [];
  return {
    recipient: 'ana@home.test',
    reply: { code: Number(code), enhanced, text: 'words' },
    phase,
    by,
  };
}

function outcomeOf(...given: Parameters<typeof result>): string {
  const outcome = classifyResult(result(...given), { by: 'mx.home.test' });
  const cause = outcome.kind === 'deferred' ? ` ${outcome.cause}` : '';
  if (outcome.kind === 'deferred') assert.equal(Math.trunc(outcome.reply.code / 100), 4);
  return `${outcome.kind}${cause}`;
}

test('only the reply to end-of-data delivers (RFC 5321 §4.2.5)', () => {
  assert.equal(outcomeOf('250 2.0.0', 'end-of-data'), 'delivered');
  assert.equal(outcomeOf('250', 'rcpt'), 'deferred our-own-fault');
  assert.equal(outcomeOf('354', 'mail'), 'deferred our-own-fault');
});

test('a permanent answer about the message or recipient rejects', () => {
  const phases = ['mail', 'rcpt', 'data', 'body', 'end-of-data'] as const;
  for (const phase of phases) assert.equal(outcomeOf('550 5.7.1', phase), 'rejected');
  assert.equal(outcomeOf('552 5.2.2', 'rcpt'), 'rejected');
  assert.equal(outcomeOf('552 5.3.4', 'end-of-data'), 'rejected');
  assert.equal(outcomeOf('554 5.6.3', 'mail', 'ours'), 'rejected');
});

test('what we do not understand is temporary (law 7)', () => {
  assert.equal(outcomeOf('421 4.3.2', 'rcpt'), 'deferred next-hop-asked-to-wait');
  assert.equal(outcomeOf('451', 'end-of-data'), 'deferred next-hop-asked-to-wait');
  assert.equal(outcomeOf('451', 'end-of-data', 'lost'), 'deferred connection-lost');
  assert.equal(outcomeOf('451 4.3.0', 'body', 'ours'), 'deferred our-own-fault');
  for (const text of ['500', '502 5.5.1', '503 5.5.1', '554 5.5.1']) {
    assert.equal(outcomeOf(text, 'mail'), 'deferred next-hop-asked-to-wait');
  }
});

test('552 to RCPT means too many recipients, unless it says otherwise (RFC 5321 §4.5.3.1.10)', () => {
  assert.equal(outcomeOf('552', 'rcpt'), 'deferred next-hop-asked-to-wait');
  assert.equal(isTooManyRecipients(result('452 4.5.3', 'rcpt')), true);
  assert.equal(isTooManyRecipients(result('552', 'rcpt')), true);
  assert.equal(isTooManyRecipients(result('552 5.2.2', 'rcpt')), false);
  assert.equal(isTooManyRecipients(result('452 4.2.2', 'rcpt')), false);
  assert.equal(isTooManyRecipients(result('452 4.3.1', 'mail')), false);
});

test('what a server says before MAIL is never held against a message', () => {
  const at = { phase: 'greeting', peer: 'mx' } as const;
  const reply = { code: 554, enhanced: '5.7.1', text: 'go away' };
  const outcome = classifyFailure(new SmtpConnectionError('SMTP_REFUSED', { ...at, reply }));
  assert.equal(outcome.kind, 'deferred');
  assert.equal(outcome.reply.code, 451);
  assert.match(outcome.reply.text, /554 5\.7\.1 go away/);
  const noTls = classifyFailure(new SmtpConnectionError('SMTP_TLS_NOT_OFFERED', at));
  assert.equal(noTls.kind === 'deferred' && noTls.cause, 'tls-not-available');
  const noName = classifyFailure(new DnsError('ENOTFOUND', { hostname: 'home.test', type: 'A' }));
  assert.equal(noName.kind === 'deferred' && noName.cause, 'name-not-resolved');
  const bug = classifyFailure(new Error('oops'));
  assert.equal(bug.kind === 'deferred' && bug.cause, 'our-own-fault');
});

test('what a site of our own refuses at MAIL is about the note between us: no version skew quarantines mail', () => {
  const atPeer = (text: string, phase: SmtpPhase) =>
    classifyResult(result(text, phase), { by: 'mx.us.test', isPeer: true }).kind;
  assert.equal(atPeer('501 5.5.4', 'mail'), 'deferred');
  assert.equal(atPeer('555 5.5.4', 'mail'), 'deferred');
  assert.equal(atPeer('552 5.3.4', 'mail'), 'rejected');
  assert.equal(atPeer('550 5.1.1', 'rcpt'), 'rejected');
  assert.equal(outcomeOf('501 5.5.4', 'mail'), 'rejected');
});
