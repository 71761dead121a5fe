import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeHeader } from './complete-header.ts';

const complete = (header: string) =>
  completeHeader(Buffer.from(header), {
    author: 'ana@x.test',
    id: 'm1',
    nowMs: Date.UTC(2026, 10, 22, 18, 0, 0),
  }).toString();

test('Date, Message-ID and From are added where they are missing (RFC 6409 §8.1, §8.2, §8.3)', () => {
  assert.equal(
    complete('Subject: x\r\n'),
    'Subject: x\r\nFrom: ana@x.test\r\nDate: Sun, 22 Nov 2026 18:00:00 +0000\r\nMessage-ID: <m1@x.test>\r\n',
  );
  assert.equal(complete(''), complete('Subject: x\r\n').slice('Subject: x\r\n'.length));
});

test('what is there stays as it is, byte for byte', () => {
  const header =
    'DATE: whenever\r\nMessage-Id: <1@y>\r\nFrom:\tAna\r\n <ana@x.test>\r\nSender: ana@x.test\r\nX-\u00fc: \u00e4\r\n';
  assert.equal(complete(header), header);
});

test('Bcc and Return-Path do not leave with the message (RFC 5322 §3.6.3, threat 38)', () => {
  const rest = 'From: ana@x.test\r\nDate: d\r\nMessage-ID: <1@y>\r\n';
  assert.equal(
    complete(
      `Bcc: eve@x.test,\r\n mallory@x.test\r\nReturn-Path: <z@z>\r\n${rest}bcc:\r\nResent-Bcc: q@q\r\n`,
    ),
    rest,
  );
});
