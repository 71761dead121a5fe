// The table of signals. A new one is a file beside these and a line here.
import type { Finding } from '../sending-watch.ts';
import { bounceShare } from './bounce-share.ts';
import { manyNetworks } from './many-networks.ts';
import { newNetwork } from './new-network.ts';
import { newProgram } from './new-program.ts';
import { newRecipients } from './new-recipients.ts';
import type { Picture, Signal } from './signal.ts';
import { spamScore } from './spam-score.ts';
import { unknownRecipients } from './unknown-recipients.ts';
import { volume } from './volume.ts';

export const signals: readonly Signal[] = [
  newNetwork,
  manyNetworks,
  newProgram,
  newRecipients,
  volume,
  bounceShare,
  unknownRecipients,
  spamScore,
];

export interface Score {
  readonly points: number;
  /** The heaviest first. */
  readonly findings: readonly Finding[];
}

export function scoreOf(picture: Picture): Score {
  const findings = signals.flatMap(({ name, judge }) => {
    const found = judge(picture);
    return found === undefined ? [] : [{ signal: name, ...found }];
  });
  return {
    points: findings.reduce((sum, { points }) => sum + points, 0),
    findings: findings.toSorted((a, b) => b.points - a.points),
  };
}
