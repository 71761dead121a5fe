import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiteApiError } from '@restante/site-api';
import { CommanderError } from 'commander';
import { CliError } from './errors.ts';
import { toExitCode } from './to-exit-code.ts';

test('exit codes: 0 fine, 1 found a problem, 2 wrong use, 3 unreachable', () => {
  assert.equal(toExitCode(new CommanderError(0, 'commander.help', '')).exitCode, 0);
  assert.equal(toExitCode(new CommanderError(1, 'commander.unknownOption', '')).exitCode, 2);
  assert.equal(toExitCode(new CliError('WRONG_USE')).exitCode, 2);
  assert.equal(toExitCode(new CliError('FOUND_A_PROBLEM')).exitCode, 1);
  assert.equal(toExitCode(new CliError('NOBODY_ANSWERS')).exitCode, 3);
  assert.equal(toExitCode(new SiteApiError('SITE_UNREACHABLE')).exitCode, 3);
  assert.equal(toExitCode(new SiteApiError('NOT_AUTHORIZED')).exitCode, 3);
  assert.equal(toExitCode(new SiteApiError('BAD_REQUEST')).exitCode, 2);
  assert.equal(toExitCode(new SiteApiError('NOT_FOUND')).exitCode, 1);
  assert.equal(toExitCode(new TypeError('a bug')).exitCode, 1);
});

test('what the site said cannot write on the terminal', () => {
  const { sentence } = toExitCode(new SiteApiError('NOT_FOUND', { detail: 'no \u001b[2J here' }));
  assert.ok(sentence !== undefined && !sentence.includes('\u001b'));
});
