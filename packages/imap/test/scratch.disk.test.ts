// Large messages wait in scratch files; what happens when these cannot be written.
import assert from 'node:assert/strict';
import { readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { powerCut, powerCutProblem } from '../../../test/kit/power-cut.ts';
import { letter, startImapSite } from './imap-site.ts';

const skip = (await powerCutProblem()) ?? false;

/** Scratch files this process holds open. */
async function openScratchFiles(): Promise<number> {
  const fds = await readdir('/proc/self/fd');
  const paths = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.includes('restante-imap-')).length;
}

test(
  'a scratch disk that fills while a message comes is NO, forgets no handle, and the session goes on (RFC 5530 §3)',
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB: 16 });
    await using site = await startImapSite({ scratchDir: disk.mountPoint });
    await writeFile(join(disk.mountPoint, 'ballast'), Buffer.alloc(64 * 1024 * 1024)).catch(
      () => undefined,
    );
    await using client = await site.enter();
    const large = letter('large', 'x'.repeat(2_000_000));
    assert.match(await client.append('INBOX', large), /NO \[UNAVAILABLE\]/);
    assert.equal(await openScratchFiles(), 0);
    assert.equal(site.failures.length, 1);
    assert.match(await client.append('INBOX', letter('small')), / OK \[APPENDUID/);
  },
);

test('a thousand messages in one MULTIAPPEND wait in one file, and come out as they went in (RFC 3502)', async () => {
  await using site = await startImapSite();
  await using client = await site.enter();
  const messages = Array.from({ length: 1_000 }, (_, index) =>
    letter(`m${index}`, String(index).repeat(2_000)),
  );
  client.write('a APPEND INBOX');
  for (const message of messages) client.write(` {${message.length}+}\r\n${message}`);
  client.write('\r\n');
  assert.match(
    await client.until(/(?:^|\r\n)a [A-Z]+ [^\r]*\r\n/),
    /a OK \[APPENDUID \d+ 1:1000\]/,
  );
  assert.equal(await openScratchFiles(), 0);
  const mailbox = await site.mailbox();
  await using inbox = await mailbox.open('INBOX');
  for (const [index, message] of messages.entries()) {
    assert.equal((await inbox?.read(index + 1))?.toString(), message);
  }
  assert.deepEqual(site.failures, []);
});
