// From what the checks found to what is done: the worst action wins, and the sum of the points may be worse still. Pure.
import type { SmtpReply, SpamLevel, Verdict, VerdictReason } from '@restante/mail-model';
import type { CheckAction } from './check.ts';
import type { Finding } from './evaluate.ts';

/** 0, for each of them: never. */
export interface Thresholds {
  /** From this sum on it is likely spam. */
  readonly tagPoints: number;
  /** From this sum on it certainly is, and its Subject says so. */
  readonly definitePoints: number;
  /** From this sum on it is not taken. */
  readonly refusePoints: number;
}

export interface Judgement {
  readonly action: CheckAction | 'pass';
  readonly points: number;
  readonly spam?: SpamLevel;
  readonly reasons: readonly VerdictReason[];
  /** The check that decided; "points" when it was their sum. */
  readonly by?: string;
  /** Of the check that decided; absent when it was the sum. */
  readonly reply?: SmtpReply;
}

const severity: Readonly<Record<CheckAction | 'pass', number>> = {
  pass: 0,
  note: 1,
  tag: 2,
  quarantine: 3,
  defer: 4,
  refuse: 5,
};

/** A verdict travels in one SMTP parameter: it stays below 4 KiB. */
const reasonsMax = 12;
const detailMax = 150;

export function weigh(findings: readonly Finding[], thresholds: Thresholds): Judgement {
  let worst: Finding | undefined;
  let points = 0;
  let spam: SpamLevel | undefined;
  for (const finding of findings) {
    const { answer } = finding;
    points += answer.points ?? 0;
    if (worst === undefined || severity[answer.action] > severity[worst.answer.action])
      worst = finding;
    spam = worseOf(spam, answer.spam ?? (answer.action === 'tag' ? 'likely' : undefined));
  }
  const action = worst?.answer.action ?? 'pass';
  const reasons = findings
    .slice(0, reasonsMax)
    .map(({ check, answer: { detail, points: own } }) => ({
      check,
      detail: oneLine(detail),
      ...(own === undefined ? {} : { points: own }),
    }));
  const reaches = (threshold: number) => threshold > 0 && points >= threshold;
  const { tagPoints, definitePoints, refusePoints } = thresholds;
  if (reaches(refusePoints) && severity[action] < severity.refuse)
    return { action: 'refuse', points, reasons, by: 'points' };
  if (reaches(definitePoints)) spam = 'definite';
  else if (reaches(tagPoints)) spam = worseOf(spam, 'likely');
  const isSpamOnly = spam !== undefined && severity[action] < severity.tag;
  return {
    action: isSpamOnly ? 'tag' : action,
    points,
    reasons,
    ...(spam === undefined ? {} : { spam }),
    ...(worst === undefined ? {} : { by: worst.check }),
    ...(worst?.answer.reply === undefined ? {} : { reply: worst.answer.reply }),
  };
}

/** What travels with a message that was taken. */
export function verdictOf(judgement: Judgement): Verdict {
  const { action, reasons, spam } = judgement;
  return {
    action: action === 'tag' || action === 'quarantine' ? action : 'accept',
    reasons,
    ...(spam === undefined ? {} : { spam }),
  };
}

function worseOf(a: SpamLevel | undefined, b: SpamLevel | undefined): SpamLevel | undefined {
  return a === 'definite' || b === 'definite' ? 'definite' : (a ?? b);
}

/** Parts of it come from outside. */
function oneLine(detail: string): string {
  const printable = detail.replaceAll(/[^\x20-\x7e]+/g, '?');
  return printable.length > detailMax ? `${printable.slice(0, detailMax)}...` : printable;
}
