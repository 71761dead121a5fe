// Dovecot reads the same messages from the same Maildir: envelopes and structures must be the same, or there is a reason.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMessage } from '@restante/mime';
import { dovecotMailUid, dovecotMissing, startDovecot } from '../../../test/kit/dovecot.ts';
import { seededRandom } from '../../../test/kit/seeded-random.ts';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { envelopeForm, structureForm } from './imap-form.ts';
import { fetchAll, type ImapValue } from './imap-list.ts';
import { nastyMessages } from './nasty-messages.ts';
import { randomMessage } from './random-message.ts';

const skip = dovecotMissing() ?? false;

async function askDovecot(messages: readonly Buffer[]): Promise<readonly ImapValue[]> {
  await using dir = await temporaryDirectory();
  const mailDir = join(dir.path, 'mail');
  const maildir = join(mailDir, 'a.test', 'ana', 'Maildir');
  for (const name of ['cur', 'new', 'tmp']) await mkdir(join(maildir, name), { recursive: true });
  for (const [index, bytes] of messages.entries()) {
    const seconds = 1_700_000_000 + index;
    await writeFile(join(maildir, 'cur', `${seconds}.m${index}.host,S=${bytes.length}:2,S`), bytes);
  }
  execFileSync('chown', ['-R', `${dovecotMailUid}:${dovecotMailUid}`, mailDir]);
  await using dovecot = await startDovecot({ dir: join(dir.path, 'dovecot'), mailDir });
  const items = 'ENVELOPE BODYSTRUCTURE';
  const answers = await fetchAll(dovecot.imap, { user: 'ana@a.test', items });
  return messages.map((_, index) => answers.get(index + 1) ?? []);
}

function ourForm(bytes: Buffer): ImapValue {
  const { envelope, structure } = readMessage(bytes);
  return ['ENVELOPE', envelopeForm(envelope), 'BODYSTRUCTURE', structureForm(structure)];
}

/** Case of types and names; blanks, of which Dovecot shows one where many stand; what it writes where there is nothing. */
function comparable(value: ImapValue): ImapValue {
  if (typeof value === 'object') return value.map(comparable);
  return value
    ?.toLowerCase()
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/^missing_(?:mailbox|domain)$/, '');
}

const crlf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

test(
  'ENVELOPE and BODYSTRUCTURE are Dovecot’s, where it does not err (RFC 3501 §7.4.2)',
  { skip },
  async (t) => {
    const cases = Object.entries(nastyMessages);
    const messages = cases.map(([, { text }]) => crlf(text));
    const theirs = await askDovecot(messages);
    for (const [index, [name, { differs }]] of cases.entries()) {
      await t.test(differs === undefined ? name : `${name}: ${differs}`, () => {
        const ours = comparable(ourForm(messages[index]!));
        const other = comparable(theirs[index]);
        if (differs === undefined) assert.deepEqual(ours, other);
        else assert.notDeepEqual(ours, other, 'No difference any more: take out the reason.');
      });
    }
  },
);

test('hundreds of random messages have the structure Dovecot finds', { skip }, async () => {
  const seed = Math.trunc(Math.random() * 1e9);
  const random = seededRandom(seed);
  const messages = Array.from({ length: 400 }, () => crlf(randomMessage(random)));
  const theirs = await askDovecot(messages);
  for (const [index, bytes] of messages.entries()) {
    assert.deepEqual(
      comparable(ourForm(bytes)),
      comparable(theirs[index]),
      `seed ${seed}, message ${index}:\n${bytes.toString()}`,
    );
  }
});
