// Lists and harvest blocks over the operators' door, from both ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret, silentLogger } from '@restante/runtime';
import { createOperatorClient, createOperatorServer, SiteApiError } from '../src/index.ts';
import type { ListEntryRow, ListOperations } from '../src/index.ts';
import { siteInMemory } from './answers.ts';

const token = new Secret('a-token-of-this-test');
const failsWith = (code: string) => (failure: unknown) =>
  failure instanceof SiteApiError && failure.code === code;

async function serve(lists?: ListOperations) {
  return createOperatorServer({
    listen: '127.0.0.1:0',
    token,
    site: 'us',
    operations: { ...siteInMemory(), ...(lists === undefined ? {} : { lists }) },
    metrics: { render: () => '' },
    isReady: () => ({ ready: true, why: [] }),
    logger: silentLogger,
  });
}

const row: ListEntryRow = {
  id: '0011223344556677',
  list: 'block',
  kind: 'network',
  subject: '2001:db8::/32',
  for: 'ana@us.example',
  reason: 'spam',
  author: 'ops',
  createdAtMs: 1,
  changedAtMs: 2,
  expiresAtMs: 3,
};

test('entries and blocks reach the operator as they are', async () => {
  const asked: unknown[][] = [];
  const note =
    <T>(name: string, answer: T) =>
    async (...given: unknown[]): Promise<T> => {
      asked.push([name, ...given]);
      return answer;
    };
  const block = { subject: '2001:db8:0:1::/64', untilMs: 5, from: 'shanghai' };
  await using server = await serve({
    list: note('list', { rows: [row], total: 2, next: row.id }),
    add: note('add', row),
    remove: async (id) => id === row.id,
    harvestBlocks: note('blocks', [block]),
    harvestUnblock: async (subject) => subject === block.subject,
  });
  await using client = createOperatorClient({ baseUrl: `http://${server.address}`, token });
  const { lists } = client;
  const filter = { list: 'block', subject: row.subject, limit: 5, after: 'x' } as const;
  assert.deepEqual(await lists.list(filter), { rows: [row], total: 2, next: row.id });
  const wanted = { list: 'block', subject: row.subject, reason: '', author: 'ops' } as const;
  assert.deepEqual(await lists.add(wanted), row);
  assert.equal(await lists.remove(row.id, 'ops & co'), true);
  assert.equal(await lists.remove('x', 'ops'), false);
  assert.deepEqual(await lists.harvestBlocks(), [block]);
  assert.equal(await lists.harvestUnblock(block.subject), true);
  assert.equal(await lists.harvestUnblock('192.0.2.1'), false);
  assert.deepEqual(asked.slice(0, 2), [
    ['list', filter],
    ['add', wanted],
  ]);
});

test('a mistyped filter or entry is an error, and nothing here is without the token', async () => {
  await using server = await serve();
  const at = `http://${server.address}/v1`;
  const headers = { authorization: `Bearer ${token.reveal()}` };
  for (const [path, body] of [
    ['lists?lsit=block'],
    ['lists?limit=100000'],
    ['lists', { list: 'maybe', subject: 'x', author: 'ops' }],
    ['lists', { list: 'block', subject: 'x', author: 'ops', until: 5 }],
    ['lists', { list: 'block', subject: 'x'.repeat(1000), author: 'ops' }],
  ] as const) {
    const answer = await fetch(`${at}/${path}`, {
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    assert.ok([400, 422].includes(answer.status), `${path}: ${answer.status}`);
  }
  for (const path of ['lists', 'harvest-blocks'])
    assert.equal((await fetch(`${at}/${path}`)).status, 401);
});

test('a site that keeps no lists says so', async () => {
  await using server = await serve();
  await using client = createOperatorClient({ baseUrl: `http://${server.address}`, token });
  await assert.rejects(client.lists.list({ limit: 5 }), failsWith('NOT_POSSIBLE'));
  await assert.rejects(client.lists.harvestBlocks(), failsWith('NOT_POSSIBLE'));
  await assert.rejects(client.lists.remove('x', 'ops'), failsWith('NOT_POSSIBLE'));
});
