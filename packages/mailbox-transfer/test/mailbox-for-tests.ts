// A store in a directory, with one person in it, and what can be said about her mailbox afterwards.
import { openAccountBook } from '@restante/accounts';
import { openMailboxStore } from '@restante/mailbox-store';
import type { Mailbox } from '@restante/mailbox-store';
import { systemClock } from '@restante/runtime';

const anyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export const ana = 'ana@example.test';

export interface OpenMailbox extends AsyncDisposable {
  readonly mailbox: Mailbox;
}

/** The same directory again is the same mailbox. */
export async function openMailbox(dir: string, { quotaBytes = 1e9 } = {}): Promise<OpenMailbox> {
  const accounts = openAccountBook({
    dir,
    clock: systemClock,
    tagSeparatorOf: () => '+',
    isCaseSensitive: () => false,
  });
  if (accounts.account(ana) === undefined)
    await accounts.addAccounts([{ address: ana, passwordHash: anyHash, quotaBytes }]);
  const store = openMailboxStore({
    dir,
    hostname: 'mx.example.test',
    clock: systemClock,
    accounts,
  });
  const mailbox = await store.mailbox(ana);
  if (mailbox === undefined) throw new Error('The account is not there.');
  return {
    mailbox,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
    },
  };
}

/** One line for each message: folder, subject, flags, date; sorted within a folder as they stand there. */
export async function linesOf(mailbox: Mailbox): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { name, isSelectable, isHidden } of await mailbox.folders()) {
    if (!isSelectable || isHidden) continue;
    await using folder = await mailbox.open(name);
    if (folder === undefined) continue;
    for (const { uid, flags, receivedAtMs } of folder.messages) {
      const text = (await folder.read(uid))?.toString('latin1') ?? '';
      const subject = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '';
      const date = new Date(receivedAtMs).toISOString().slice(0, 19);
      lines.push([name, subject, [...flags].toSorted().join(' '), date].join(' | '));
    }
  }
  return lines;
}

export function letter(subject: string, body = 'Hello.\n'): string {
  return `From: Eve <eve@outside.test>\nTo: ${ana}\nSubject: ${subject}\nDate: Mon, 1 Jan 2024 12:00:00 +0000\nMessage-ID: <${subject}@outside.test>\n\n${body}`;
}
