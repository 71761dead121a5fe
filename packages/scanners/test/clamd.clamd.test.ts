// Against a real clamd with a signature of our own for the EICAR test file.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eicar, messageOf, scannersFor, usualHeader } from './scanners-for-tests.ts';
import { freePort } from '../../../test/kit/free-port.ts';
import { type Daemon, daemonDir, startDaemon, whyNot } from './start-daemon.ts';

const mebibyte = 1_048_576;

async function startClamd(): Promise<Daemon & { readonly unix: string; readonly tcp: string }> {
  const dir = await daemonDir();
  const port = await freePort();
  const socket = join(dir, 'clamd.sock');
  await mkdir(join(dir, 'signatures'));
  await writeFile(
    join(dir, 'signatures', 'local.ndb'),
    `Restante.Test.Eicar:0:*:${Buffer.from(eicar).toString('hex')}\n`,
  );
  const lines = [
    `LocalSocket ${socket}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    'Foreground yes',
    `DatabaseDirectory ${dir}/signatures`,
    `TemporaryDirectory ${dir}`,
    'StreamMaxLength 3M',
    'MaxFileSize 2M',
    'AlertExceedsMax yes',
  ];
  await writeFile(join(dir, 'clamd.conf'), `${lines.join('\n')}\n`);
  const argv = ['clamd', `--config-file=${dir}/clamd.conf`] as const;
  const daemon = await startDaemon(dir, argv, { path: socket }, { port });
  return { ...daemon, unix: `unix:${socket}`, tcp: `127.0.0.1:${port}` };
}

describe('clamd', { skip: whyNot('clamd') }, () => {
  let clamd: Awaited<ReturnType<typeof startClamd>>;
  before(async () => void (clamd = await startClamd()));
  after(async () => clamd?.[Symbol.asyncDispose]());

  for (const [how, where] of [
    ['a unix socket', () => clamd.unix],
    ['TCP', () => clamd.tcp],
  ] as const) {
    test(`names a virus and lets the rest pass, over ${how}`, async () => {
      await using own = scannersFor({ clamd: where() });
      const infected = await own.scanners.scan(messageOf(`look:\r\n${eicar}\r\n`));
      assert.deepEqual(infected, {
        scores: [],
        virus: 'Restante.Test.Eicar.UNOFFICIAL',
        failed: [],
      });
      const clean = await own.scanners.scan(messageOf('Soup at one?\r\n'));
      assert.deepEqual(clean, { scores: [], failed: [] });
    });
  }

  test('finds it in an attachment, in pieces of one byte, and behind a mebibyte (threat 18)', async () => {
    await using own = scannersFor({ clamd: clamd.unix });
    const header = `${usualHeader}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n`;
    const attached = `--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(eicar).toString('base64')}\r\n--b--\r\n`;
    const message = messageOf(attached, { header, pieceBytes: 1 });
    assert.equal((await own.scanners.scan(message)).virus, 'Restante.Test.Eicar.UNOFFICIAL');
    const late = messageOf(`${'x'.repeat(mebibyte)}\r\n${eicar}\r\n`);
    assert.equal((await own.scanners.scan(late)).virus, 'Restante.Test.Eicar.UNOFFICIAL');
  });

  test('a limit of its own that was passed is not "clean", and no reason to leave it alone (threat 17)', async () => {
    await using own = scannersFor({ clamd: clamd.unix, failuresMax: 1 });
    const aboveFile = await own.scanners.scan(messageOf(Buffer.alloc(2 * mebibyte + 10, 'x')));
    assert.match(aboveFile.failed[0]?.why ?? '', /Heuristics\.Limits\.Exceeded/);
    assert.equal(aboveFile.failed[0]?.kind, 'unable');
    const aboveStream = await own.scanners.scan(messageOf(Buffer.alloc(9 * mebibyte, 'x')));
    assert.match(aboveStream.failed[0]?.why ?? '', /too large for clamd/);
    assert.equal(aboveStream.failed[0]?.kind, 'unable');
    assert.deepEqual(await own.scanners.scan(messageOf('small\r\n')), { scores: [], failed: [] });
  });

  test('twenty at a time are all answered', async () => {
    await using own = scannersFor({ clamd: clamd.unix, concurrentMax: 4 });
    const reports = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        own.scanners.scan(messageOf(index % 2 === 0 ? eicar : 'clean\r\n')),
      ),
    );
    assert.equal(reports.filter(({ virus }) => virus !== undefined).length, 10);
    assert.equal(reports.flatMap(({ failed }) => failed).length, 0);
  });
});
