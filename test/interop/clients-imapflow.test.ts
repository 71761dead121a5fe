// imapflow, the library behind many webmails, against a site as npm start makes it: over TLS with the site's certificate
// believed by name, compressed, idling.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { ImapFlow } from 'imapflow';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { openImap, personAt, writeTo, type Person } from '../kit/person.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;
let person: Person;
let ca: string;

before(async () => {
  cluster = await startCluster();
  person = personAt(cluster, 'shanghai');
  ca = await readFile(cluster.endpoints.ca, 'utf8');
});
after(async () => cluster[Symbol.asyncDispose]());

async function open(said: string[] = []): Promise<ImapFlow> {
  const hear = (entry: unknown) => said.push(JSON.stringify(entry));
  return openImap(cluster, person, ca, {
    logger: { debug: hear, info: hear, warn: hear, error: hear },
  });
}

test('imapflow appends, moves, deletes and reads its quota, compressed (RFC 4978, 6851, 9208)', async () => {
  const said: string[] = [];
  const client = await open(said);
  const untouched = await client.getQuota('INBOX');
  assert.ok(untouched !== false && untouched.storage?.limit !== undefined);
  const letter = `Subject: a draft\r\n\r\n${'draft '.repeat(40_000)}\r\n`;
  const appended = await client.append('Drafts', letter, [String.raw`\Draft`]);
  assert.ok(appended !== false);
  assert.equal(appended.uid, 1);
  await client.mailboxOpen('Drafts');
  const moved = await client.messageMove('1', 'Archive', { uid: true });
  assert.ok(moved !== false);
  assert.deepEqual([...(moved.uidMap ?? [])], [[1, 1]]);

  await client.mailboxOpen('Archive');
  const read = await client.fetchOne('1', { source: true, flags: true }, { uid: true });
  assert.ok(read !== false);
  assert.equal(read.source?.toString(), letter);
  assert.ok(read.flags?.has(String.raw`\Draft`));
  const full = await client.getQuota('INBOX');
  assert.ok(full !== false);
  assert.ok((full.storage?.usage ?? 0) - (untouched.storage.usage ?? 0) >= 200_000);

  await client.messageDelete('1', { uid: true });
  assert.deepEqual(await client.search({ all: true }), []);
  const emptied = await client.getQuota('INBOX');
  assert.ok(emptied !== false);
  assert.ok((emptied.storage?.usage ?? 0) < 200_000);
  await client.logout();
  assert.ok(
    said.some((line) => line.includes('COMPRESS')),
    'it compresses where it can',
  );
});

test('imapflow hears of a delivery while it idles, at once (RFC 2177)', async () => {
  const client = await open();
  await client.mailboxOpen('INBOX');
  const counts: number[] = [];
  client.on('exists', ({ count }) => counts.push(count));
  const idling = client.idle();
  for (const [index, subject] of ['first', 'second', 'third'].entries()) {
    await writeTo(cluster, person, subject);
    const acceptedMs = performance.now();
    await until(() => counts.includes(index + 1), { what: `"${subject}" is told`, everyMs: 5 });
    const tookMs = performance.now() - acceptedMs;
    assert.ok(tookMs < 5000, `told ${Math.round(tookMs)} ms after the 250`);
  }
  await client.logout();
  await idling;
});

test('what one imapflow changes, another that is connected hears at once (RFC 7162)', async () => {
  const [one, two] = [await open(), await open()];
  await one.mailboxOpen('INBOX');
  const { exists } = await two.mailboxOpen('INBOX');
  const flagged: (readonly string[])[] = [];
  const gone: number[] = [];
  two.on('flags', ({ flags }) => flagged.push([...(flags ?? [])]));
  two.on('expunge', ({ seq, uid }) => gone.push(uid ?? seq ?? 0));
  const idling = two.idle();
  await one.messageFlagsAdd('1', [String.raw`\Flagged`, '$Work']);
  await until(() => flagged.length > 0, { what: 'the flags are told' });
  assert.ok(flagged[0]?.includes('$Work'));
  await one.messageDelete('1');
  await until(() => gone.length > 0, { what: 'the removal is told' });
  const status = await two.status('INBOX', { messages: true });
  assert.equal(status !== false && status.messages, exists - 1);
  await Promise.all([one.logout(), two.logout()]);
  await idling;
});
