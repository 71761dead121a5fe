// Kill -9 at any instant of APPEND, STORE, COPY, MOVE, EXPUNGE and changes of folders.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../test/kit/until.ts';
import type { Mailbox } from '../src/index.ts';
import { makeMailbox, mailboxOf, openFolder, subjects } from './mailbox-for-tests.ts';
import { type ChangeLine, startChanging } from './run-child.ts';
import { openStore, readUidList } from './store-for-tests.ts';

const rounds = Number(process.env['RESTANTE_KILLS'] ?? 8);

test(`${rounds} kills among changes: what resolved is there, what did not is absent or whole, nothing is in neither place`, async () => {
  await using made = await makeMailbox({ graceMs: 3_600_000 });
  await made.made.store[Symbol.asyncDispose]();
  const given = new Map<number, string>();
  const appended = new Map<string, boolean>();
  for (let round = 1; round <= rounds; round += 1) {
    const child = startChanging({ dir: made.made.dir, seed: round });
    await until(() => child.lines.length > 2 + (round % 5) * 6, {
      what: () => `the child to work: ${child.stderr()}`,
      everyMs: 2,
    });
    // Anywhere in an operation, which takes some milliseconds.
    await sleep((round * 0.73) % 9);
    child.process.kill('SIGKILL');
    await child.ended;
    assert.deepEqual(
      child.lines.filter(({ failed }) => failed !== undefined),
      [],
    );
    for (const line of child.lines) {
      if (line.begin === 'append') appended.set(line.name, false);
      if (line.done !== 'append') continue;
      appended.set(line.name, true);
      line.uids?.forEach((uid, index) => given.set(uid, `${line.name}-${index + 1}`));
    }
    await using store = openStore(made.made.dir, { graceMs: 3_600_000 });
    const mailbox = await mailboxOf(store);
    await assertAllThere(mailbox, appended);
    await assertFlags(mailbox, child.lines);
    await using inbox = await openFolder(mailbox);
    const now = await subjects(inbox);
    for (const [uid, subject] of given)
      assert.ok(now[uid] === undefined || now[uid] === subject, `UID ${uid} was given twice`);
    await assertTidy(made.dir, mailbox);
  }
  assert.ok([...appended.values()].filter(Boolean).length >= rounds / 2);
});

/** Every message of a resolved APPEND is somewhere; of one that did not resolve all of them are, or none. */
async function assertAllThere(
  mailbox: Mailbox,
  appended: ReadonlyMap<string, boolean>,
): Promise<void> {
  const found = new Set<string>();
  for (const { name, isSelectable } of await mailbox.folders()) {
    if (!isSelectable) continue;
    await using folder = await openFolder(mailbox, name);
    for (const subject of Object.values(await subjects(folder))) found.add(subject);
  }
  assert.ok(!found.has(''), 'a message is not whole');
  for (const [name, isAcknowledged] of appended) {
    const parts = [1, 2, 3].filter((part) => found.has(`${name}-${part}`));
    if (isAcknowledged) assert.equal(parts.length, 3, `${name} was acknowledged`);
    else assert.ok([0, 3].includes(parts.length), `${name} is there in part: ${parts.join()}`);
  }
}

/** The last STORE that resolved, unless another one was under way, or its messages were moved. */
async function assertFlags(mailbox: Mailbox, lines: readonly ChangeLine[]): Promise<void> {
  const last = lines.findLast(({ done }) => done === 'store');
  if (last === undefined || lines.at(-1)?.begin === 'store') return;
  await using inbox = await openFolder(mailbox);
  for (const uid of last.uids ?? [])
    assert.deepEqual(inbox.message(uid)?.flags ?? last.flags, last.flags, `flags of ${uid}`);
}

/** No leftovers where somebody could see them, and every UID once. */
async function assertTidy(dir: string, mailbox: Mailbox): Promise<void> {
  const names = await readdir(dir);
  assert.deepEqual(
    names.filter((name) => /^(restante-batch.*(?<!\.tmp)$|\.\.)/.test(name)),
    [],
  );
  for (const { name, isSelectable } of await mailbox.folders()) {
    if (!isSelectable) continue;
    const directory = name === 'INBOX' ? dir : join(dir, `.${name.replaceAll('/', '.')}`);
    const { lines } = await readUidList(directory);
    assert.equal(new Set(lines.map(({ uid }) => uid)).size, lines.length, 'a UID was given twice');
  }
}
