// A mailbox of ana's, and short words for what tests do with it.
import assert from 'node:assert/strict';
import type { Folder, Mailbox, MailboxStore } from '../src/index.ts';
import { addPeople, makeStore, type TestStore } from './store-for-tests.ts';

type Options = Parameters<typeof makeStore>[0];

export interface TestMailbox extends AsyncDisposable {
  readonly made: TestStore;
  readonly mailbox: Mailbox;
  readonly dir: string;
}

export const ana = 'ana@example.test';

export async function makeMailbox(options: Options = {}): Promise<TestMailbox> {
  const made = await makeStore(options);
  await addPeople(made.store, 'ana');
  return {
    made,
    mailbox: await mailboxOf(made.store),
    dir: made.maildir('ana'),
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  };
}

export async function mailboxOf(store: MailboxStore): Promise<Mailbox> {
  const mailbox = await store.mailbox(ana);
  assert.ok(mailbox);
  return mailbox;
}

export async function openFolder(mailbox: Mailbox, name = 'INBOX'): Promise<Folder> {
  const folder = await mailbox.open(name);
  assert.ok(folder, `no folder ${name}`);
  return folder;
}

export function mail(subject: string, flags: readonly string[] = []) {
  return {
    body: Buffer.from(
      `From: eve@outside.test\r\nSubject: ${subject}\r\n\r\nText of ${subject}.\r\n`,
    ),
    flags,
    receivedAtMs: 1_700_000_000_000,
  };
}

/** Appends one message a subject, each with these flags; gives their UIDs. */
export async function fill(
  folder: Folder,
  subjects: readonly string[],
  flags: readonly string[] = [],
): Promise<readonly number[]> {
  const answer = await folder.append(subjects.map((subject) => mail(subject, flags)));
  assert.equal(answer.kind, 'stored');
  return answer.kind === 'stored' ? answer.uids : [];
}

/** Subject by UID, read from the files. */
export async function subjects(folder: Folder): Promise<Readonly<Record<number, string>>> {
  const found: Record<number, string> = {};
  for (const { uid } of folder.messages) {
    const bytes = await folder.read(uid);
    found[uid] = /^Subject: (.*)\r$/m.exec(String(bytes))?.[1] ?? '';
  }
  return found;
}

export function flagsOf(folder: Folder): Readonly<Record<number, readonly string[]>> {
  return Object.fromEntries(folder.messages.map(({ uid, flags }) => [uid, flags]));
}
