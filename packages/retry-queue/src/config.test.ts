import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  delayNoticeBeforeTheEnd,
  firstDelayIsNotLongest,
  lifetimeExceedsLongestDelay,
} from './config.ts';

const values = {
  firstDelayMs: 60_000,
  delayMaxMs: 14_400_000,
  growth: 2,
  jitter: 0.1,
  lifetimeMs: 432_000_000,
  delayNoticeAfterMs: 14_400_000,
  retryAfterFaultMs: 60_000,
  localConcurrencyMax: 1,
  internetConcurrencyMax: 1,
};

test('lifetimeExceedsLongestDelay: a message lives to see its next attempt', () => {
  assert.equal(lifetimeExceedsLongestDelay(values), undefined);
  assert.equal(
    lifetimeExceedsLongestDelay({ ...values, lifetimeMs: 14_400_000 })?.field,
    'lifetimeMs',
  );
});

test('firstDelayIsNotLongest', () => {
  assert.equal(firstDelayIsNotLongest(values), undefined);
  assert.equal(
    firstDelayIsNotLongest({ ...values, firstDelayMs: 14_400_001 })?.field,
    'firstDelayMs',
  );
});

test('delayNoticeBeforeTheEnd', () => {
  assert.equal(delayNoticeBeforeTheEnd(values), undefined);
  assert.equal(
    delayNoticeBeforeTheEnd({ ...values, delayNoticeAfterMs: 432_000_000 })?.field,
    'delayNoticeAfterMs',
  );
});
