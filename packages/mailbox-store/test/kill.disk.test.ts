// Kill -9 at any instant while messages are being delivered.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildLine, startAppending } from './run-child.ts';
import {
  addPeople,
  makeStore,
  messagesIn,
  messageTo,
  readUidList,
  type TestStore,
} from './store-for-tests.ts';

const rounds = Number(process.env['RESTANTE_KILLS'] ?? 20);

test(`${rounds} kills: every resolved append is there once, whole and with its UID, and no UID is given twice`, async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const acknowledged: ChildLine[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = startAppending({
      dir: made.dir,
      local: 'ana',
      prefix: `r${round}`,
      parallel: 4,
      count: 100_000,
    });
    await untilSaid(child.lines, 1 + (round % 7) * 5, child.stderr);
    // Anywhere in a delivery, which takes about a millisecond.
    await sleep((round * 0.37) % 4);
    child.process.kill('SIGKILL');
    await child.ended;
    acknowledged.push(...child.lines);
  }
  // The next delivery repairs what the last kill left.
  await made.reopen();
  await made.store.append(messageTo('ana', 'last'));
  await assertWhole(made, acknowledged);
});

test('what was killed can be delivered again under its id: no second copy of it', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const child = startAppending({
    dir: made.dir,
    local: 'ana',
    prefix: 'r',
    parallel: 8,
    count: 100_000,
  });
  await untilSaid(child.lines, 30, child.stderr);
  child.process.kill('SIGKILL');
  await child.ended;
  // Everything that may have been under way, acknowledged or not.
  const begun = child.lines.length + 8;
  for (let index = 1; index <= begun; index += 1)
    await made.store.append(messageTo('ana', `r-${index}`));
  const ids = (await messagesIn(made.maildir('ana'))).map((name) => name.split('.')[1]);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(ids.length, begun);
  const { lines } = await readUidList(made.maildir('ana'));
  for (const { deliveryId, uid } of child.lines) {
    assert.equal(lines.find(({ name }) => name.split('.')[1] === deliveryId)?.uid, uid);
  }
});

async function assertWhole(made: TestStore, acknowledged: readonly ChildLine[]): Promise<void> {
  const maildir = made.maildir('ana');
  const names = await readdir(join(maildir, 'new'));
  const nameOf = new Map(names.map((name) => [name.split('.')[1], name]));
  assert.equal(nameOf.size, names.length, 'a delivery is there twice');
  const { lines } = await readUidList(maildir);
  assert.deepEqual(
    lines.map(({ name }) => name).sort(),
    [...names].sort(),
    'every message has one UID',
  );
  assert.ok(
    lines.every(({ uid }, index) => index === 0 || uid > (lines[index - 1]?.uid ?? 0)),
    'UIDs do not grow',
  );
  const uidOf = new Map(lines.map(({ uid, name }) => [name, uid]));
  assert.equal(
    new Set(acknowledged.map(({ uid }) => uid)).size,
    acknowledged.length,
    'a UID was given twice',
  );
  for (const { deliveryId, uid, sha256 } of acknowledged) {
    const name = nameOf.get(deliveryId) ?? '';
    assert.notEqual(name, '', `${deliveryId} was acknowledged and is lost`);
    assert.equal(uidOf.get(name), uid);
    const bytes = await readFile(join(maildir, 'new', name));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
  }
}

async function untilSaid(
  lines: readonly ChildLine[],
  count: number,
  stderr: () => string,
): Promise<void> {
  for (const endMs = Date.now() + 20_000; lines.length < count; await sleep(2)) {
    if (Date.now() > endMs) throw new Error(`The child said too little. ${stderr()}`);
  }
}
