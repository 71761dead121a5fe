// What a drill proved: what was sent against what was found. Pure.
//
// A stranger that lost its connection before the reply sends the message again (RFC 5321 §4.5.4.1); when the first copy had
// arrived after all, two are found, and that is the stranger's doing. Everybody else's message is there exactly once.
import type { MailCount } from './count-mailbox.ts';

export interface SentMail {
  readonly number: number;
  /** Host that said 250; absent when it was refused for good. */
  readonly takenBy?: string;
  /** The refusal. */
  readonly refusal?: string;
  /** Sent again because a connection broke before the reply. */
  readonly wasRepeated: boolean;
}

export interface Verdict {
  readonly sent: number;
  readonly takenBy: Readonly<Record<string, number>>;
  /** Different numbers that are there. */
  readonly found: number;
  readonly missing: readonly number[];
  readonly twice: readonly number[];
  readonly changed: readonly number[];
  readonly refused: readonly { readonly number: number; readonly reply: string }[];
  /** Numbers the stranger itself sent again; found once or twice, both are right. */
  readonly repeated: readonly number[];
  readonly isGood: boolean;
}

export function judge(sent: readonly SentMail[], { copies, changed }: MailCount): Verdict {
  const takenBy: Record<string, number> = {};
  for (const { takenBy: host } of sent)
    if (host !== undefined) takenBy[host] = (takenBy[host] ?? 0) + 1;
  const numbers = (chosen: readonly SentMail[]) => chosen.map(({ number }) => number);
  const copiesOf = ({ number }: SentMail) => copies.get(number) ?? 0;

  const missing = numbers(
    sent.filter((mail) => mail.refusal === undefined && copiesOf(mail) === 0),
  );
  const twice = numbers(sent.filter((mail) => copiesOf(mail) > (mail.wasRepeated ? 2 : 1)));
  const refused = sent.flatMap(({ number, refusal }) =>
    refusal === undefined ? [] : [{ number, reply: refusal }],
  );
  return {
    sent: sent.length,
    takenBy,
    found: sent.filter((mail) => copiesOf(mail) > 0).length,
    missing,
    twice,
    changed,
    refused,
    repeated: numbers(sent.filter(({ wasRepeated }) => wasRepeated)),
    isGood: [missing, twice, changed, refused].every((list) => list.length === 0),
  };
}

/** What is wrong, as sentences; none when all is well. */
export function complaints({ missing, twice, changed, refused }: Verdict): readonly string[] {
  const [first] = refused;
  return [
    ...(missing.length === 0 ? [] : [`Missing: ${listOf(missing)}.`]),
    ...(twice.length === 0 ? [] : [`There twice: ${listOf(twice)}.`]),
    ...(changed.length === 0 ? [] : [`Changed on the way: ${listOf(changed)}.`]),
    ...(first === undefined
      ? []
      : [`Refused: ${listOf(refused.map(({ number }) => number))}, for example: ${first.reply}`]),
  ];
}

/** "3, 7-9, 12": ranges, so that a whole lost batch stays readable. */
export function listOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of [...new Set(numbers)].toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}
