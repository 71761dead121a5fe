// Counters about our own people and the papers of the site; part of counter-series.ts.
import type { CounterSeries } from './counter-series.ts';

export const peopleSeries = {
  certificateFailures: {
    name: 'restante_certificate_failures_total',
    help: 'Times the public certificate could not be renewed as it should be; the old one stays.',
    labels: ['why'],
    zero: ['refused', 'order-failed', 'names-left-out'],
  },
  dkimFailures: {
    name: 'restante_dkim_failures_total',
    help: 'Messages of ours that left without one of their signatures, and keys that cannot be read.',
  },
  logins: {
    name: 'restante_logins_total',
    help: 'Logins by protocol and how they ended.',
    labels: ['protocol', 'outcome'],
  },
  submissionsLimited: {
    name: 'restante_submissions_limited_total',
    help: 'Times an account was kept from sending to more people; a stolen password looks like this.',
  },
  accountsSuspicious: {
    name: 'restante_accounts_suspicious_total',
    help: 'Times an account sent in a way that is not its own, by what was to follow.',
    labels: ['action'],
    zero: ['suspend', 'notify'],
  },
  accountsSuspended: {
    name: 'restante_accounts_suspended_total',
    help: 'Suspensions, by what they stop and who said so.',
    labels: ['scope', 'by'],
  },
  noticesSent: {
    name: 'restante_notices_sent_total',
    help: 'Notices the operator got by another way than mail.',
    labels: ['via'],
  },
  noticesFailed: {
    name: 'restante_notices_failed_total',
    help: 'Notices that could not be told, after all tries.',
    labels: ['via'],
    zero: ['webhook', 'command'],
  },
} as const satisfies Record<string, CounterSeries>;
