import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReport } from '@restante/abuse-reports';
import type { RestanteEvent } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { formatAuthenticationResults } from '@restante/sender-auth';
import { createBacklog } from './backlog.ts';
import { createComplaints } from './complain.ts';
import type { OwnReport } from './send-own.ts';

const dayMs = 86_400_000;

function letterOf(domain: string): string {
  const results = formatAuthenticationResults({
    authservId: 'mx.home.test',
    methods: [
      { method: 'iprev', result: 'pass', properties: [['policy.iprev', '192.0.2.7']] },
      { method: 'spf', result: 'pass', properties: [['smtp.mailfrom', `a@${domain}`]] },
      { method: 'dmarc', result: 'pass', properties: [['header.from', domain]] },
    ],
  });
  return `Return-Path: <a@${domain}>\r\n${results}Received: from m ([192.0.2.7])\r\n\tby mx.home.test with ESMTPS id m1; Sun, 22 Nov 2026 12:00:00 +0000\r\nFrom: a@${domain}\r\n\r\nBuy.\r\n`;
}

/** What is sent when these letters are moved, each with its day. */
async function complaintsAbout(
  moved: readonly { readonly domain: string; readonly day?: number; readonly what?: 'ham' }[],
) {
  const sent: OwnReport[] = [];
  const events: RestanteEvent[] = [];
  let nowMs = 0;
  const backlog = createBacklog({ piecesMax: 1000, bytesMax: 1e9 });
  const teach = createComplaints({
    hostname: 'mx.home.test',
    hostnames: new Set(['mx.home.test']),
    contact: 'postmaster@home.test',
    isOurs: (domain) => domain === 'home.test',
    dmarc: {
      orgDomainOf: async (domain) =>
        Promise.resolve(domain === 'dead.test' ? undefined : domain.replace(/^mail\./, '')),
    },
    send: async (report) => {
      sent.push(report);
      return Promise.resolve('stored');
    },
    backlog,
    onEvent: (event) => void events.push(event),
    clock: { ...systemClock, now: () => nowMs },
  });
  for (const { domain, day = 0, what = 'spam' } of moved) {
    let done: () => void = () => undefined;
    const read = new Promise<void>((resolve) => (done = resolve));
    nowMs = day * dayMs;
    teach({
      account: 'ana@home.test',
      what,
      sizeBytes: 1,
      async *bytes() {
        for (const piece of letterOf(domain).match(/[^]{1,50}/g) ?? [])
          yield await Promise.resolve(Buffer.from(piece));
      },
    });
    backlog.add({ bytes: 0, run: async () => Promise.resolve(done()) });
    await read;
  }
  return { sent, events };
}

test('one complaint a day and organization, with nobody to hear of its bounce (RFC 5965, RFC 6650)', async () => {
  const { sent, events } = await complaintsAbout([
    { domain: 'x.test' },
    { domain: 'mail.x.test' },
    { domain: 'y.test' },
    { domain: 'x.test', day: 1 },
  ]);
  assert.deepEqual(
    sent.map(({ to, sender, author }) => [to.join(), sender, author]),
    ['abuse@x.test', 'abuse@y.test', 'abuse@x.test'].map((to) => [to, '', 'postmaster@home.test']),
  );
  assert.deepEqual(
    events.map((event) => event.name === 'report.sent' && event.outcome),
    ['sent', 'sent', 'sent'],
  );
  const read = await readReport(sent[0]?.message ?? Buffer.alloc(0));
  const report = read.kind === 'report' ? read.report : undefined;
  assert.deepEqual(report?.kind === 'complaint' && [report.sourceAddress, report.reportedDomain], [
    '192.0.2.7',
    'x.test',
  ]);
});

test('not about our own domains, not when DNS cannot tell whose it is, not when mail is no spam after all', async () => {
  const { sent, events } = await complaintsAbout([
    { domain: 'home.test' },
    { domain: 'mail.home.test' },
    { domain: 'dead.test' },
    { domain: 'x.test', what: 'ham' },
  ]);
  assert.deepEqual([sent, events], [[], []]);
});

test('so many complaints a day, whatever people do', async () => {
  const domains = Array.from({ length: 250 }, (_, at) => ({ domain: `x${at}.test` }));
  assert.equal((await complaintsAbout(domains)).sent.length, 200);
});
