import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { SiteApiError } from '../errors.ts';
import { queueFilterQuerySchema, queueSelectionSchema } from '../schemas.ts';
import { isOurFault, toHttpProblem } from './to-http-problem.ts';

test('a failure of ours keeps its code and its sentence (RFC 9457 §3.1)', () => {
  const problem = toHttpProblem(
    new SiteApiError('NOT_FOUND', { detail: 'No message "x" waits here.' }),
  );
  assert.deepEqual(problem, {
    type: 'about:blank',
    title: 'There is nothing of that name here.',
    status: 404,
    detail: 'No message "x" waits here.',
    code: 'NOT_FOUND',
  });
});

test('an unknown failure says nothing about our insides', () => {
  const problem = toHttpProblem(new Error('connect ECONNREFUSED /secret/path'));
  assert.equal(problem.status, 500);
  assert.ok(isOurFault(problem));
  assert.ok(!JSON.stringify(problem).includes('secret'));
});

test('a site may name failures of its parts', () => {
  const problem = toHttpProblem(new Error('redis away'), () => new SiteApiError('NOT_NOW'));
  assert.equal(problem.status, 503);
});

test('bad input is named by its path', () => {
  const parsed = z.strictObject({ limit: z.number() }).safeParse({ limit: 'x' });
  assert.ok(!parsed.success);
  const problem = toHttpProblem(parsed.error);
  assert.equal(problem.status, 400);
  assert.match(problem.detail, /^limit: /);
});

test('a mistyped filter is an error and not "everything"', () => {
  assert.ok(!queueFilterQuerySchema.safeParse({ domian: 'us.example' }).success);
  assert.ok(!queueSelectionSchema.safeParse({ filter: { domian: 'us.example' } }).success);
  assert.ok(!queueSelectionSchema.safeParse({}).success);
  assert.ok(!queueSelectionSchema.safeParse({ ids: [] }).success);
  assert.deepEqual(queueFilterQuerySchema.parse({ held: 'true', limit: '5' }), {
    held: true,
    limit: 5,
  });
});
