// What append() leaves on a disk, and what it makes of what it finds there.
import assert from 'node:assert/strict';
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
  appendFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MailboxStoreError } from '../src/index.ts';
import {
  addPeople,
  anyHash,
  makeStore,
  messagesIn,
  messageTo,
  randomBody,
  readUidList,
} from './store-for-tests.ts';

test('the bytes on disk are the bytes of the message, under a name that tells id and size', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const request = messageTo('ana', 'm1');
  assert.deepEqual(await made.store.append(request), { kind: 'stored', uid: 1, wasThere: false });
  const [name = ''] = await readdir(join(made.maildir('ana'), 'new'));
  assert.match(name, /^1700000000\.m1\.mx\.example\.test,S=(\d+),W=\1$/);
  const path = join(made.maildir('ana'), 'new', name);
  assert.deepEqual(
    await readFile(path),
    Buffer.concat([Buffer.from(request.prefix), bytesOf(request)]),
  );
  const facts = await stat(path);
  assert.equal(facts.mtimeMs, request.receivedAtMs, 'INTERNALDATE is the mtime (RFC 3501 §2.3.3)');
  assert.equal(facts.mode & 0o777, 0o600);
  assert.equal((await stat(made.maildir('ana'))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(made.maildir('ana'), 'tmp')), []);
  const { header, lines } = await readUidList(made.maildir('ana'));
  assert.match(header, /^3 V[1-9]\d* N\d+ G[0-9a-f]{32}$/);
  assert.deepEqual(lines, [{ uid: 1, name }]);
});

test('a streamed body is stored whole; one that ends early or late is not stored at all', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const parts = [Buffer.from('Subject: x\r'), Buffer.from('\n\r\nbare\nline\r\n')];
  const streamed = (sizeBytes: number, deliveryId: string) => ({
    ...messageTo('ana', deliveryId),
    body: { kind: 'stream' as const, sizeBytes, open: () => toAsync(parts) },
  });
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  await assert.rejects(made.store.append(streamed(sizeBytes + 1, 'm1')), { code: 'BODY_CUT' });
  await assert.rejects(made.store.append(streamed(sizeBytes - 1, 'm1')), { code: 'BODY_CUT' });
  assert.deepEqual(await messagesIn(made.maildir('ana')), []);
  assert.deepEqual(await readdir(join(made.maildir('ana'), 'tmp')), []);
  await made.store.append(streamed(sizeBytes, 'm1'));
  const [name = ''] = await messagesIn(made.maildir('ana'));
  const total = sizeBytes + messageTo('ana', 'm1').prefix.length;
  assert.match(name, new RegExp(`,S=${total},W=${total + 1}$`), 'one bare LF counts as two in W');
});

test('the same delivery id is one message: at once, later, after a restart, after it was read', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const request = messageTo('ana', 'm1');
  const both = await Promise.all([made.store.append(request), made.store.append(request)]);
  assert.deepEqual(
    both.map((answer) => answer.kind === 'stored' && answer.uid),
    [1, 1],
  );
  assert.deepEqual(await made.store.append({ ...request, receivedAtMs: 1 }), {
    kind: 'stored',
    uid: 1,
    wasThere: true,
  });
  await made.reopen();
  assert.deepEqual(await made.store.append(request), { kind: 'stored', uid: 1, wasThere: true });
  await made.reopen();
  const [name = ''] = await readdir(join(made.maildir('ana'), 'new'));
  await rename(
    join(made.maildir('ana'), 'new', name),
    join(made.maildir('ana'), 'cur', `${name}:2,FS`),
  );
  assert.deepEqual(await made.store.append(request), { kind: 'stored', uid: 1, wasThere: true });
  assert.equal((await messagesIn(made.maildir('ana'))).length, 1);
});

test('many at once into one mailbox get growing UIDs without gaps', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => made.store.append(messageTo('ana', `m${index}`))),
  );
  const uids = answers
    .map((answer) => (answer.kind === 'stored' ? answer.uid : 0))
    .sort((a, b) => a - b);
  assert.deepEqual(
    uids,
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  assert.equal((await readUidList(made.maildir('ana'))).lines.length, 100);
});

test('nobody, and somebody who is suspended, get nothing', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  assert.deepEqual(await made.store.append(messageTo('bob', 'm1')), { kind: 'no-such-account' });
  made.store.accounts.setState('ana@example.test', 'suspended');
  assert.deepEqual(await made.store.append(messageTo('ana', 'm1')), { kind: 'suspended' });
});

test('no message passes the quota, however many arrive at once; after a restart the sum is counted anew', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  const sizeBytes = bytesOf(messageTo('ana', 'm0')).length + messageTo('ana', 'm0').prefix.length;
  made.store.accounts.setQuota('ana@example.test', { bytes: sizeBytes * 10 + 5 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => made.store.append(messageTo('ana', `m${index}`))),
  );
  assert.equal(answers.filter(({ kind }) => kind === 'stored').length, 10);
  assert.equal(answers.filter(({ kind }) => kind === 'over-quota').length, 10);
  assert.equal(made.store.accounts.usageBytes('ana@example.test'), sizeBytes * 10);
  await made.reopen();
  assert.equal(made.store.accounts.usageBytes('ana@example.test'), sizeBytes * 10);
  assert.deepEqual(await made.store.append(messageTo('ana', 'again')), { kind: 'over-quota' });
  const version = made.store.accounts.version;
  made.store.accounts.setQuota('ana@example.test', { bytes: sizeBytes * 10 });
  assert.equal(made.store.accounts.isFull('ana@example.test'), true);
  assert.equal(made.store.accounts.version, version + 1);
});

test('a delivery id that is already there is answered before the quota is', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  made.store.accounts.setQuota('ana@example.test', { bytes: 1 });
  assert.deepEqual(await made.store.append(messageTo('ana', 'm1')), {
    kind: 'stored',
    uid: 1,
    wasThere: true,
  });
});

test('a message in new/ without a UID gets one at the next open', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  await writeFile(
    join(made.maildir('ana'), 'new', '1700000001.m2.mx.example.test,S=4,W=4'),
    'x\r\n.',
  );
  await made.reopen();
  assert.deepEqual(await made.store.append(messageTo('ana', 'm2')), {
    kind: 'stored',
    uid: 2,
    wasThere: true,
  });
  assert.deepEqual(
    made.repairs.map(({ kind }) => kind),
    ['uid-given-late'],
  );
});

for (const { title, spoil, isRenumbered } of [
  {
    title: 'a torn last line',
    isRenumbered: false,
    spoil: (list: string) => appendFile(list, '4 :170000'),
  },
  {
    title: 'zeros behind the last line',
    isRenumbered: false,
    spoil: async (list: string) => truncate(list, (await stat(list)).size + 50),
  },
  {
    title: 'a line of nonsense',
    isRenumbered: false,
    spoil: (list: string) => appendFile(list, 'nonsense\n'),
  },
  {
    title: 'numbers that fall',
    isRenumbered: false,
    spoil: (list: string) => appendFile(list, '2 :1700000009.x.y\n'),
  },
  { title: 'an empty file', isRenumbered: true, spoil: (list: string) => truncate(list, 0) },
  {
    title: 'a header of zeros',
    isRenumbered: true,
    spoil: (list: string) => writeFile(list, Buffer.alloc(100)),
  },
  { title: 'no file', isRenumbered: true, spoil: (list: string) => unlink(list) },
]) {
  test(`a damaged UID list (${title}) is repaired: nothing is lost, no UID means two messages (RFC 3501 §2.3.1.1)`, async () => {
    await using made = await makeStore();
    await addPeople(made.store, 'ana');
    for (const id of ['m1', 'm2', 'm3']) await made.store.append(messageTo('ana', id));
    const list = join(made.maildir('ana'), 'dovecot-uidlist');
    const before = await readUidList(made.maildir('ana'));
    await spoil(list);
    await made.reopen();
    const answer = await made.store.append(messageTo('ana', 'm5'));
    const again = await made.store.append(messageTo('ana', 'm2'));
    const after = await readUidList(made.maildir('ana'));
    assert.equal(after.lines.length, 4);
    assert.equal(answer.kind === 'stored' && answer.uid > 3 && !answer.wasThere, true);
    assert.deepEqual(again, { kind: 'stored', uid: 2, wasThere: true });
    assert.deepEqual(
      after.lines.map(({ name }) => name).sort(),
      await messagesIn(made.maildir('ana')),
    );
    if (isRenumbered) return;
    assert.equal(validityOf(after.header), validityOf(before.header));
    assert.deepEqual(after.lines.slice(0, 3), before.lines);
  });
}

test('while it runs: a list replaced by another program is read again, and its extension fields are kept', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  const list = join(made.maildir('ana'), 'dovecot-uidlist');
  const [line = ''] = (await readUidList(made.maildir('ana'))).lines.map(
    ({ name }) => `7 W99 Gabc :${name}:2,S`,
  );
  await writeFile(`${list}.other`, `3 V1234567890 N20 G${'a'.repeat(32)} Xkept\n${line}\n`);
  await rename(`${list}.other`, list);
  assert.deepEqual(await made.store.append(messageTo('ana', 'm2')), {
    kind: 'stored',
    uid: 20,
    wasThere: false,
  });
  assert.match(await readFile(list, 'utf8'), /^3 V1234567890 N20 Ga{32} Xkept\n7 W99 Gabc :/);
});

test('a version 1 list, as Courier has it, is continued in version 3', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  const [line] = (await readUidList(made.maildir('ana'))).lines;
  await writeFile(join(made.maildir('ana'), 'dovecot-uidlist'), `1 99 8\n5 ${line?.name}\n`);
  assert.deepEqual(await made.store.append(messageTo('ana', 'm1')), {
    kind: 'stored',
    uid: 5,
    wasThere: true,
  });
  assert.deepEqual(await made.store.append(messageTo('ana', 'm2')), {
    kind: 'stored',
    uid: 8,
    wasThere: false,
  });
  assert.match((await readUidList(made.maildir('ana'))).header, /^3 V99 N8 /);
});

test('what died in tmp/ more than 36 hours ago is removed, younger is not', async () => {
  const day = 24 * 3600 * 1000;
  let nowMs = Date.now();
  const clock = {
    now: () => nowMs,
    monotonicMs: () => performance.now(),
    sleep: async () => undefined,
  };
  await using made = await makeStore({ clock });
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  await writeFile(join(made.maildir('ana'), 'tmp', 'left'), 'x');
  await made.reopen();
  await made.store.append(messageTo('ana', 'm2'));
  assert.deepEqual(await readdir(join(made.maildir('ana'), 'tmp')), ['left']);
  nowMs += 2 * day;
  await made.reopen();
  await made.store.append(messageTo('ana', 'm3'));
  assert.deepEqual(await readdir(join(made.maildir('ana'), 'tmp')), []);
});

test('a link in the path of a mailbox is refused (threat 20, 35)', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana', 'bob');
  await mkdir(join(made.dir, 'mail', 'example.test'), { recursive: true });
  await made.store.append(messageTo('bob', 'm1'));
  await symlink(
    join(made.dir, 'mail', 'example.test', 'bob'),
    join(made.dir, 'mail', 'example.test', 'ana'),
  );
  await assert.rejects(made.store.append(messageTo('ana', 'm1')), { code: 'MAILBOX_UNSAFE' });
  assert.equal((await messagesIn(made.maildir('bob'))).length, 1);
});

test('a mailbox whose directory disappeared fails once and is made anew', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  await rm(made.maildir('ana'), { recursive: true });
  await assert.rejects(made.store.append(messageTo('ana', 'm2')), MailboxStoreError);
  assert.deepEqual(await made.store.append(messageTo('ana', 'm2')), {
    kind: 'stored',
    uid: 1,
    wasThere: false,
  });
});

test('mail of a removed account is set aside, and the next owner of the address does not find it', async () => {
  await using made = await makeStore();
  await addPeople(made.store, 'ana');
  await made.store.append(messageTo('ana', 'm1'));
  made.store.accounts.removeAccount('ana@example.test');
  assert.deepEqual(await made.store.append(messageTo('ana', 'm2')), { kind: 'no-such-account' });
  await made.store.accounts.addAccount({ address: 'ana@example.test', passwordHash: anyHash });
  await made.store.append(messageTo('ana', 'm3'));
  assert.equal((await messagesIn(made.maildir('ana'))).length, 1);
  const [aside = ''] = await readdir(join(made.dir, 'removed', 'example.test'));
  assert.equal(
    (await messagesIn(join(made.dir, 'removed', 'example.test', aside, 'Maildir'))).length,
    1,
  );
});

test('odd but valid local parts all get mailboxes of their own inside the root', async () => {
  await using made = await makeStore();
  const locals = [
    '"../../etc"',
    '"a/b"',
    '".."',
    '"."',
    '".hidden"',
    '"a b"',
    'x'.repeat(64),
    'ünï',
    '%2e%2e',
    '#x',
    "o'brien",
    '{a}|b',
  ];
  for (const local of locals)
    await made.store.accounts.addAccount({
      address: `${local}@example.test`,
      passwordHash: anyHash,
    });
  for (const local of locals) {
    assert.equal((await made.store.append(messageTo(local, 'm1'))).kind, 'stored', local);
  }
  assert.equal((await readdir(join(made.dir, 'mail', 'example.test'))).length, locals.length);
  assert.deepEqual(
    (await readdir(made.dir)).filter((name) => !name.startsWith('accounts.sqlite')),
    ['mail'],
  );
});

function bytesOf({ body }: ReturnType<typeof messageTo>): Buffer {
  return body.kind === 'bytes' ? body.bytes : randomBody();
}

async function* toAsync(parts: readonly Buffer[]): AsyncIterable<Buffer> {
  yield* parts;
}

function validityOf(header: string): string | undefined {
  return /V(\d+)/.exec(header)?.[1];
}
