// The lock of the UID list, as another program, a dead process or a former life of ours may have left it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../test/kit/until.ts';
import { addPeople, makeStore, messageTo } from './store-for-tests.ts';

test('a lock left by a process that is gone is broken; one held by a live one is waited for', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  const lock = join(made.maildir('ana'), 'dovecot-uidlist.lock');
  // Nobody can put a lock where ours is; a burst keeps ours for some milliseconds.
  const takeAs = async (content: string) => {
    await until(() => !existsSync(lock), { what: 'our own lock is gone', everyMs: 1 });
    await writeFile(lock, content);
  };
  await takeAs(`4194305:${hostname()}`);
  assert.equal((await made.store.append(messageTo('ana', 'm2'))).kind, 'stored');
  await takeAs(`${process.pid}:${hostname()}`);
  assert.equal(
    (await made.store.append(messageTo('ana', 'm3'))).kind,
    'stored',
    'our own pid from a former life',
  );
  await takeAs('');
  await utimes(lock, new Date(), new Date(Date.now() - 121_000));
  assert.equal(
    (await made.store.append(messageTo('ana', 'm4'))).kind,
    'stored',
    'a foreign lock nobody touched for two minutes',
  );
  await takeAs(`${process.ppid}:${hostname()}`);
  const waiting = made.store.append(messageTo('ana', 'm5'));
  const first = await Promise.race([
    waiting,
    new Promise((resolve) => setTimeout(resolve, 200, 'still waiting')),
  ]);
  assert.equal(first, 'still waiting');
  await unlink(lock);
  assert.deepEqual(await waiting, { kind: 'stored', uid: 5, wasThere: false });
});

test('a burst of deliveries keeps the lock for a moment, and nobody finds it there afterwards', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const lock = join(made.maildir('ana'), 'dovecot-uidlist.lock');
  for (let count = 0; count < 20; count += 1)
    await made.store.append(messageTo('ana', `burst-${count}`));
  await until(() => !existsSync(lock), { what: 'the lock is free', everyMs: 1, deadlineMs: 5000 });
  await made.store.append(messageTo('ana', 'after'));
});
