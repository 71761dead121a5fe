// Is the list what it should be? RFC 5782 §5: some entries every list has, and some no list may have.
//
//   address lists   127.0.0.2 must, 127.0.0.1 must not; only for IPv6: ::FFFF:7F00:2 must, ::FFFF:7F00:1 must not
//   domain lists    TEST must, INVALID must not
import { randomInt } from 'node:crypto';
import type { Found } from './ask.ts';
import type { ListSettings } from './block-lists.ts';
import { problemOf } from './read-answer.ts';
import { addressQuestion, domainQuestion, plainAddress } from './question-name.ts';

/** Names to ask for. */
export interface TestPoints {
  /** One of them must be there. */
  readonly must: readonly string[];
  /** None of them may. */
  readonly mustNot: readonly string[];
}

export function testPointsOf({ zone, kind, testPoint }: ListSettings): TestPoints {
  if (kind === 'domain') {
    return {
      must: [domainQuestion(testPoint ?? 'test', zone)],
      mustNot: [domainQuestion('invalid', zone)],
    };
  }
  const own = testPoint === undefined ? undefined : plainAddress(testPoint);
  const must = own === undefined ? ['127.0.0.2', '::ffff:7f00:2'] : [own];
  return {
    must: must.map((address) => addressQuestion(address, zone)),
    mustNot: ['127.0.0.1', '::ffff:7f00:1'].map((address) => addressQuestion(address, zone)),
  };
}

/**
 * A name nobody has asked for yet: test points may be remembered long after the list has died. What it answers says nothing
 * (some lists have what cannot be routed), that it answers does.
 */
export function freshQuestion({ zone, kind }: ListSettings): string {
  if (kind === 'domain') return domainQuestion(`x${randomInt(2 ** 40).toString(36)}.invalid`, zone);
  const [high, middle, low] = [randomInt(256), randomInt(256), randomInt(256)];
  return addressQuestion(`240.${high}.${middle}.${low}`, zone);
}

export type TestJudgement =
  | { readonly kind: 'well' }
  /** Look again before you say so: a packet may have been lost. */
  | { readonly kind: 'silent'; readonly problem: string }
  | { readonly kind: 'broken'; readonly problem: string };

export interface TestAnswers {
  readonly must: readonly Found[];
  readonly mustNot: readonly Found[];
  /** Answer to the fresh question, when one was asked. */
  readonly fresh?: Found;
}

/** Pure. */
export function judgeTestPoints(
  settings: ListSettings,
  { must, mustNot, fresh }: TestAnswers,
): TestJudgement {
  const { zone } = settings;
  const alive = fresh === undefined ? [] : [fresh];
  const all = [...must, ...mustNot, ...alive];
  for (const found of all) {
    const problem = found.kind === 'records' ? problemOf(found.records, settings) : undefined;
    if (problem !== undefined) return { kind: 'broken', problem };
  }
  // An address list may have what cannot be routed; a name nobody has made up before is on no list of domains.
  const isInvented = settings.kind === 'domain' && fresh?.kind === 'records';
  if (isInvented || mustNot.some(({ kind }) => kind === 'records')) {
    const problem = `${zone} lists what no list may have (RFC 5782 §5), probably the whole world. Remove it, or wait until it is mended.`;
    return { kind: 'broken', problem };
  }
  const isThere = must.some(({ kind }) => kind === 'records');
  // Lists that only know IPv4 may fail at the names of IPv6; that says nothing about them.
  const silent = (isThere ? [...mustNot.slice(0, 1), ...alive] : all).find(
    ({ kind }) => kind === 'silent',
  );
  if (silent?.kind === 'silent') {
    const problem = `${zone} does not answer (${silent.why}). It comes back by itself; remove it if it stays away, and look at the site's resolver if all lists are silent.`;
    return { kind: 'silent', problem };
  }
  if (isThere) return { kind: 'well' };
  const problem = `${zone} does not have its test entry (RFC 5782 §5): it is closed, or its name is misspelt. Correct or remove it; a list with another test entry needs test=NAME.`;
  return { kind: 'broken', problem };
}
