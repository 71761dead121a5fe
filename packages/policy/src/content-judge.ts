// Judges the content of one message at its end: signatures, alignment, scanners; and writes down what was found in its header.
//
// Promises
// - The bytes that were judged are the bytes that are stored, but for our own fields on top and the mark in the Subject.
// - An Authentication-Results field that claims to be ours and is not is taken out before anybody sees it (RFC 8601 §5).
// - The Subject of definite spam is marked once, also when it comes with the mark already.
import type { ArcSealer, ArcVerifier, DkimVerifier } from '@restante/dkim';
import type { EventSink, SmtpReply, Verdict } from '@restante/mail-model';
import { editHeader } from '@restante/mime';
import type { Scanners } from '@restante/scanners';
import { formatAuthenticationResults, withoutOurResults, type Dmarc } from '@restante/sender-auth';
import { contentFacts } from './content-facts.ts';
import { noteDecision, refuse } from './decide.ts';
import { evaluate } from './evaluate.ts';
import { markSubject, ourSpamFields, spamFields } from './mark-header.ts';
import { identityOf, methodResults } from './method-results.ts';
import type { OperatorLists } from './operator-lists/operator-lists.ts';
import { sealed } from './seal.ts';
import { tellDmarc, type DmarcTelling } from './tell-dmarc.ts';
import type { Transaction } from './transaction.ts';
import { isWelcomeContent } from './welcome.ts';
import { verdictOf, weigh } from './weigh.ts';

export interface ContentParts extends DmarcTelling {
  /** authserv-id of the header field we write: this site's name. */
  readonly hostname: string;
  /** Names nobody else may speak in: all sites'. */
  readonly ownNames: readonly string[];
  readonly dkim: DkimVerifier;
  readonly arc: ArcVerifier;
  readonly dmarc: Dmarc;
  readonly scanners: Scanners;
  readonly sealer?: ArcSealer;
  /** The domain that seals for these recipients; undefined: nobody beyond us will see it. */
  readonly sealsFor: (recipients: readonly string[]) => string | undefined;
  readonly operatorLists: Pick<OperatorLists, 'match'>;
  readonly nextId: () => string;
  readonly onEvent: EventSink;
}

/** A message that waits for its verdict. */
export interface WaitingMessage {
  readonly id: string;
  /** Header lines as they came, CRLF ended, without the empty line. */
  readonly header: Buffer;
  body(): Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly bodyBytes: number;
  /** Our Received field, with the client's name when its address has one that leads back. */
  trace(clientName: string | undefined): string;
}

export type ContentAnswer =
  | { readonly kind: 'refused'; readonly reply: SmtpReply }
  /** `header` is to be stored instead of what came, trace and findings on top. */
  | {
      readonly kind: 'taken';
      readonly verdict: Verdict;
      readonly header: Buffer;
      readonly clientName?: string;
    };

export interface ContentJudge {
  judge(message: WaitingMessage): Promise<ContentAnswer>;
}

export function createContentJudge(
  parts: ContentParts,
): (transaction: Transaction, recipients: readonly string[]) => ContentJudge {
  return (transaction, recipients) => ({
    judge: async (message) => judgeContent(parts, transaction, recipients, message),
  });
}

async function judgeContent(
  parts: ContentParts,
  transaction: Transaction,
  recipients: readonly string[],
  message: WaitingMessage,
): Promise<ContentAnswer> {
  const { profile } = transaction;
  if (profile === undefined) throw new Error('DATA without a recipient');
  const { rules } = profile;
  const reverse = await transaction.factsFor(rules).reverseName();
  const clientName = reverse.result === 'pass' ? reverse.name : undefined;
  const trace = message.trace(clientName);
  const header = editHeader(withoutOurResults(message.header, parts.ownNames), {
    remove: ourSpamFields,
  });
  const facts = contentFacts(parts, transaction.factsFor(rules), {
    message,
    recipients,
    header,
    trace,
    clientName,
  });
  const found = await evaluate(rules.contentChecks, facts, parts.onEvent);
  const findings = [...(await transaction.findingsFor(rules)), ...found];
  const judgement = weigh(findings, profile);
  const isLenient = !profile.isFiltered || (await isWelcomeContent(facts));
  const decided = { facts, recipients, stage: 'data', id: message.id } as const;
  // Who wants everything still gets no virus.
  const weighed = isLenient
    ? weigh(
        findings.filter(({ check }) => check === 'virus'),
        neverActing,
      )
    : judgement;
  const reply = refuse(parts, weighed, decided);
  // Who is asked to come back is told of when he is back.
  if (weighed.action !== 'defer') void tellDmarc(parts, facts, isLenient ? [] : findings);
  if (reply !== undefined) return { kind: 'refused', reply };

  const verdict: Verdict = {
    ...verdictOf(isLenient ? { ...weighed, reasons: judgement.reasons } : judgement),
    identity: await identityOf(facts),
  };
  if (judgement.action !== 'pass' && judgement.action !== 'note')
    noteDecision(parts.onEvent, { ...decided, action: verdict.action, reasons: verdict.reasons });
  const results = { authservId: parts.hostname, methods: await methodResults(facts) };
  const marked = verdict.spam === 'definite' ? markSubject(header, rules.subjectMark) : header;
  const top = `${formatAuthenticationResults(results)}${spamFields(verdict, judgement.points)}${trace}`;
  const stored = Buffer.concat([Buffer.from(top), marked]);
  return {
    kind: 'taken',
    verdict,
    header: await sealed(parts, { facts, recipients, message, results, stored }),
    ...(clientName === undefined ? {} : { clientName }),
  };
}

const neverActing = { tagPoints: 0, definitePoints: 0, refusePoints: 0 };
