// What the judge found about a message, in the words of an aggregate report (RFC 9990 §3.1). Pure.
import type { DmarcEvaluation } from '@restante/abuse-reports';
import { domainOf } from '@restante/mail-model';
import type { DmarcJudged } from '@restante/policy';

/** Undefined: there is no record to report about. */
export function dmarcEvaluation(judged: DmarcJudged): DmarcEvaluation | undefined {
  const { clientAddress, sender, dmarc, spf, dkim } = judged;
  const { record, recordAt, reportTo = [] } = dmarc;
  if (record === undefined || recordAt === undefined) return undefined;
  const override = overrideOf(judged);
  return {
    domain: recordAt,
    published: record,
    reportTo,
    sourceAddress: clientAddress,
    headerFrom: dmarc.fromDomain,
    envelopeFrom: sender === '' ? '' : domainOf(sender),
    disposition: dispositionOf(judged),
    dkimAligned: dmarc.alignedBy.includes('dkim'),
    spfAligned: dmarc.alignedBy.includes('spf'),
    ...(override === undefined ? {} : { override }),
    dkim: dkim.map(({ domain, selector, result }) => ({ domain, selector, result })),
    spf: { domain: spf.domain, result: spf.result },
  };
}

/** RFC 9990 §3.1.5: "pass" for what passes a policy that asks for something. */
function dispositionOf({ dmarc, done }: DmarcJudged): DmarcEvaluation['disposition'] {
  if (dmarc.result !== 'pass') return done;
  return dmarc.policy === 'none' ? 'none' : 'pass';
}

function overrideOf({ dmarc, done, hasArc }: DmarcJudged): DmarcEvaluation['override'] {
  if (dmarc.result === 'pass') return undefined;
  if (done !== dmarc.policy)
    return { type: 'local_policy', ...(hasArc ? { comment: 'arc=pass' } : {}) };
  // t=y: `policy` is one step milder than what is written (RFC 9989 §4.7).
  return dmarc.record?.isTesting === true ? { type: 'policy_test_mode' } : undefined;
}
