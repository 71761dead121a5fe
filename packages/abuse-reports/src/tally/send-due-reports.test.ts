import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsError } from '@restante/dns';
import { readReport } from '../read-report.ts';
import type { FilledReport } from './dmarc-tally.ts';
import { sendDueReports } from './send-due-reports.ts';
import type { ReportSending } from './send-due-reports.ts';

function filled(domain: string, more: Partial<FilledReport> = {}): FilledReport {
  const beginMs = Date.UTC(2026, 10, 20);
  return {
    day: '2026-11-20',
    domain,
    published: { p: 'none', adkim: 'r', aspf: 'r', isTesting: false, fo: '0' },
    reportTo: [`mailto:dmarc@${domain}`],
    beginMs,
    endMs: beginMs + 86_399_000,
    leftOut: 0,
    rows: [
      {
        sourceAddress: '192.0.2.1',
        count: 1,
        headerFrom: domain,
        envelopeFrom: domain,
        disposition: 'none',
        dkimAligned: true,
        spfAligned: true,
        dkim: [],
      },
    ],
    ...more,
  };
}

async function sendAll(
  reports: readonly FilledReport[],
  { isBroken = false }: { readonly isBroken?: boolean } = {},
) {
  const done: string[] = [];
  const messages: { readonly to: readonly string[]; readonly message: Buffer }[] = [];
  const sending: ReportSending = {
    tally: {
      reportsDue: () => reports,
      open: ({ domain }) => reports.find((report) => report.domain === domain),
      done: ({ domain }) => void done.push(domain),
    },
    resolver: {
      resolve: async (hostname, type) => {
        const code = hostname.includes('dead') ? 'ESERVFAIL' : 'ENOTFOUND';
        return Promise.reject(new DnsError(code, { hostname, type }));
      },
    },
    isSameOrganization: async (one, other) => Promise.resolve(one === other),
    organization: 'Our Mail',
    email: 'postmaster@our.test',
    submitter: 'our.test',
    send: async (report) => {
      if (isBroken) return Promise.reject(new Error('no room'));
      messages.push(report);
      return Promise.resolve();
    },
  };
  const sent = await sendDueReports(sending);
  return { done, messages, outcomes: sent.map(({ outcome }) => outcome) };
}

test('a due report is sent once, to whoever wants it', async () => {
  const { done, messages, outcomes } = await sendAll([filled('x.test', { leftOut: 3 })]);
  assert.deepEqual([done, outcomes], [['x.test'], ['sent']]);
  assert.deepEqual(messages[0]?.to, ['dmarc@x.test']);
  const read = await readReport(messages[0]?.message ?? Buffer.alloc(0));
  assert.equal(
    read.kind === 'report' && read.report.kind === 'dmarc-aggregate' && read.report.reportId,
    '2026-11-20.x.test@our.test',
  );
});

test('nobody wants it: it is done; DNS cannot tell, or it cannot be sent: it stays due', async () => {
  const elsewhere = filled('x.test', { reportTo: ['mailto:victim@no.test'] });
  assert.deepEqual((await sendAll([elsewhere])).outcomes, ['nobody']);
  const dead = filled('x.test', { reportTo: ['mailto:a@dead.test'] });
  const later = await sendAll([dead, filled('y.test')]);
  assert.deepEqual([later.outcomes, later.done], [['later', 'sent'], ['y.test']]);
  const broken = await sendAll([filled('x.test'), filled('y.test')], { isBroken: true });
  assert.deepEqual([broken.outcomes, broken.done], [['later', 'later'], []]);
});
