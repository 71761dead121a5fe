// Greylisting in Redis: one key a triplet with the time of its first try, one key a network that has come back.
//
// One script decides, so that two nodes that meet the same server agree. Every key ends by itself. After a failure Redis is left
// alone for a moment, so that a silent one costs its budget once a second and not once a recipient.
import { hash } from 'node:crypto';
import { systemClock, type Clock, type RedisCaller } from '@restante/runtime';
import { addressKey } from '../address-key.ts';
import { networkKey } from '../network-key.ts';
import { answerWithin } from '../answer-within.ts';
import type { Greylist, GreylistAnswer, GreylistEvent, GreylistQuestion } from './greylist.ts';
import { plainSender } from './plain-sender.ts';

export interface GreylistOptions {
  readonly redis: RedisCaller;
  /** In front of our keys; with braces for a Redis Cluster. */
  readonly redisPrefix: string;
  readonly delayMs?: number;
  readonly windowMs?: number;
  readonly knownMs?: number;
  readonly budgetMs?: number;
  readonly onEvent?: (event: GreylistEvent) => void;
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

const dayMs = 86_400_000;
const leaveAloneMs = 1000;
/** Networks known to be known are not asked about again for a while. */
const recallMax = 20_000;
const recallMs = 3_600_000;
/** First tries of one network that are told apart; beyond, only its addresses are: Redis must not be filled by one that never comes back. */
const triesMax = 1000;

// 0: known; -1: came back just now; otherwise milliseconds left. What stands in a key is not trusted to be ours.
const judgeScript = `
if redis.call('PEXPIRE', KEYS[1], ARGV[4]) == 1 then return 0 end
local now = tonumber(ARGV[1])
local key = KEYS[2]
local first = tonumber(redis.call('GET', key) or '')
if not first or first > now then
  local tries = redis.pcall('INCR', KEYS[3])
  if type(tries) ~= 'number' then
    redis.call('SET', KEYS[3], '1')
    tries = 1
  end
  if tries == 1 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
  if tries > tonumber(ARGV[5]) then
    key = KEYS[4]
    first = tonumber(redis.call('GET', key) or '')
  end
end
if not first or first > now then
  redis.call('SET', key, ARGV[1], 'PX', ARGV[3])
  return tonumber(ARGV[2])
end
local left = first + tonumber(ARGV[2]) - now
if left > 0 then return left end
redis.call('DEL', key, KEYS[3])
redis.call('SET', KEYS[1], '1', 'PX', ARGV[4])
return -1`;

export function createGreylist({
  redis,
  redisPrefix,
  delayMs = 5 * 60_000,
  windowMs = dayMs,
  knownMs = 35 * dayMs,
  budgetMs = 200,
  onEvent,
  clock = systemClock,
}: GreylistOptions): Greylist {
  const recalled = new Map<string, number>();
  let leaveAloneUntilMs = -Infinity;

  const answered = (outcome: GreylistEvent['outcome'], answer: GreylistAnswer) => {
    onEvent?.({ name: 'greylist.judged', outcome });
    return answer;
  };
  const recall = (network: string, nowMs: number) => {
    recalled.delete(network);
    recalled.set(network, nowMs + Math.min(recallMs, knownMs / 2));
    if (recalled.size > recallMax) recalled.delete(recalled.keys().next().value ?? '');
  };

  return {
    async judge(question) {
      const { nowMs } = question;
      const network = greylistNetwork(question.clientAddress);
      if ((recalled.get(network) ?? 0) > nowMs) return answered('known', { kind: 'pass' });
      if (clock.monotonicMs() < leaveAloneUntilMs) return answered('unavailable', { kind: 'pass' });
      const keys = [
        `${redisPrefix}greylist:known:${network}`,
        `${redisPrefix}greylist:first:${tripletOf(network, question)}`,
        `${redisPrefix}greylist:tries:${network}`,
        `${redisPrefix}greylist:first:${digestOf(addressKey(question.clientAddress))}`,
      ];
      const limits = [Math.floor(nowMs), delayMs, windowMs, knownMs, triesMax];
      const answer = await answerWithin(
        redis.call('EVAL', judgeScript, keys.length, ...keys, ...limits),
        budgetMs,
      );
      const left = answer.kind === 'answer' ? Number(answer.value) : Number.NaN;
      if (!Number.isFinite(left)) {
        leaveAloneUntilMs = clock.monotonicMs() + leaveAloneMs;
        return answered('unavailable', { kind: 'pass' });
      }
      if (left > 0) return answered('wait', { kind: 'wait', ms: Math.min(left, delayMs) });
      recall(network, nowMs);
      return answered(left === 0 ? 'known' : 'came-back', { kind: 'pass' });
    },
  };
}

/** /24 or /64: a pool of senders tries again from its neighbour. */
function greylistNetwork(address: string): string {
  const key = addressKey(address);
  return key.includes(':') ? key : networkKey(key);
}

/** A digest, so that keys are short and no address stands in Redis. */
function tripletOf(network: string, { sender, recipient }: GreylistQuestion): string {
  return digestOf(`${network}\n${plainSender(sender)}\n${recipient.toLowerCase()}`);
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
