// What rspamd says of a message: the JSON of /checkv2. Pure; whatever is not understood is a failure.
//
// Where spam begins is the threshold of "add header": what rspamd calls required_score is where it would refuse.
import { ScannersError } from '../errors.ts';
import { safeName } from '../safe-name.ts';
import type { SpamScore } from '../scanners.ts';

const rulesMax = 30;

type Fields = Readonly<Record<string, unknown>>;

export function readRspamdAnswer(text: string): SpamScore {
  const answer = fieldsOf(parse(text));
  if (typeof answer['error'] === 'string')
    throw new ScannersError('SCANNER_REFUSED', { about: safeName(answer['error']) });
  const { score, required_score: required, action } = answer;
  // GTUBE is "skipped" and refused in one; what was skipped and refused nowhere was not looked at.
  if (answer['is_skipped'] === true && action !== 'reject')
    throw new ScannersError('SCANNER_SKIPPED');
  if (!isFinite(score) || !isFinite(required))
    throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'no score' });
  const thresholds = fieldsOf(answer['thresholds']);
  const threshold = [thresholds['add header'], thresholds['rewrite subject'], required].find(
    isFinite,
  ) as number;
  return {
    by: 'rspamd',
    // A rule may decide without adding up (GTUBE does): then the score says less than the action.
    score: action === 'reject' ? Math.max(score, required) : score,
    threshold,
    rules: rulesOf(answer['symbols']),
  };
}

function rulesOf(symbols: unknown): readonly string[] {
  return Object.entries(fieldsOf(symbols))
    .map(([name, symbol]) => {
      const weight = fieldsOf(symbol)['score'];
      return { name, weight: isFinite(weight) ? Math.abs(weight) : 0 };
    })
    .sort((left, right) => right.weight - left.weight)
    .slice(0, rulesMax)
    .map(({ name }) => safeName(name));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ScannersError('SCANNER_BAD_ANSWER', { about: 'not JSON', cause });
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
