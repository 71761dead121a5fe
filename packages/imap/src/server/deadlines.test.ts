import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImapLimits } from '../config.ts';
import { type ConnectionTimes, overdue } from './deadlines.ts';

const limits: ImapLimits = {
  connectionsMax: 1,
  connectionsPerAddressMax: 1,
  idleTimeoutMs: 1_800_000,
  loginTimeoutMs: 60_000,
  commandTimeoutMs: 600_000,
  appendMaxBytes: 1,
  commandMaxBytes: 1,
  failedLoginsMax: 1,
  badCommandsMax: 1,
  refreshMs: 1,
  clearTextLogins: 'never',
};

const waiting: ConnectionTimes = {
  phase: 'waiting',
  isIn: true,
  strangerSinceMs: 0,
  sinceMs: 0,
  stalledSinceMs: undefined,
};

test('who is logged in may be silent for half an hour (RFC 3501 §5.4)', () => {
  assert.equal(overdue(waiting, limits, 1_800_000), undefined);
  assert.equal(overdue(waiting, limits, 1_800_001), 'bye');
});

test('a stranger has a minute, however busy he is (threat 13)', () => {
  const stranger = { ...waiting, isIn: false, sinceMs: 60_000 };
  assert.equal(overdue(stranger, limits, 60_001), 'bye');
  assert.equal(overdue({ ...stranger, phase: 'handshake', sinceMs: 0 }, limits, 30_001), 'drop');
});

test('a literal that trickles and a client that does not read are bounded (threat 13)', () => {
  assert.equal(overdue({ ...waiting, phase: 'receiving' }, limits, 600_001), 'bye');
  const deaf = { ...waiting, phase: 'running', stalledSinceMs: 0 } as const;
  assert.equal(overdue(deaf, limits, 600_001), 'drop');
});

test('what the server does itself takes as long as it takes', () => {
  assert.equal(overdue({ ...waiting, phase: 'running' }, limits, 10_000_000), undefined);
});
