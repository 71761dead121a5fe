import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@restante/runtime';
import { createFileCertificates } from '@restante/certificates';
import type { CertificateEvent, KeyAndChain } from '@restante/certificates';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { until } from '../../../test/kit/until.ts';
import { makePair } from './make-pair.ts';

const quick = { clock: systemClock, settleMs: 100 };

test('a new pair is shown without a restart, as soon as both halves are there', async () => {
  await using dir = await temporaryDirectory();
  const [old, next] = [await makePair(), await makePair()];
  const files = filesIn(dir.path);
  await write(files, old);
  const events: CertificateEvent[] = [];
  await using source = await createFileCertificates({
    ...files,
    ...quick,
    settleMs: 400,
    onEvent: (event) => void events.push(event),
  });
  let changes = 0;
  using _listening = source.onChange(() => void (changes += 1));
  assert.equal(source.current().cert, old.cert);
  assert.equal(source.current(), source.current());

  await replace(files.certFile, next.cert);
  await replace(files.keyFile, next.key);
  await until(() => source.current().cert === next.cert, { what: 'the new pair is shown' });
  assert.deepEqual([changes, source.current().key], [1, next.key]);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['certificate.changed'],
  );
});

test('a look that came just before a change does not call the first half of it a bad pair', async () => {
  await using dir = await temporaryDirectory();
  const [old, next] = [await makePair(), await makePair()];
  const files = filesIn(dir.path);
  await write(files, old);
  const events: string[] = [];
  await using source = await createFileCertificates({
    ...files,
    ...quick,
    settleMs: 1000,
    onEvent: ({ name }) => void events.push(name),
  });
  for (let round = 0; round < 8; round += 1) {
    // Another file in the directory wakes the look; the halves come at whatever moment of it this is.
    await replace(join(dir.path, 'note'), String(round));
    const pair = round % 2 === 0 ? next : old;
    await write(files, pair);
    await until(() => source.current().cert === pair.cert, { what: 'the other pair is shown' });
  }
  assert.deepEqual(new Set(events), new Set(['certificate.changed']));
});

test('a pair that cannot be used keeps the old one and is told once', async () => {
  await using dir = await temporaryDirectory();
  const old = await makePair();
  const files = filesIn(dir.path);
  await write(files, old);
  const problems: string[] = [];
  await using source = await createFileCertificates({
    ...files,
    ...quick,
    pollMs: 50,
    onEvent: (event) => {
      if (event.name === 'certificate.refused') problems.push(event.problem);
    },
  });

  const told = async (count: number) =>
    until(() => problems.length >= count, { what: `${count} problems are told` });
  await replace(files.certFile, (await makePair()).cert);
  await told(1);
  await write(files, await makePair({ expiresAtMs: Date.now() - 1000 }));
  await told(2);
  await write(files, { key: old.key, cert: 'nothing' });
  await told(3);
  assert.match(problems[0] ?? '', /not the one of the certificate/);
  assert.match(problems[1] ?? '', /it ended/);
  assert.match(problems[2] ?? '', /no PEM certificate/);
  assert.equal(problems.length, 3);
  assert.equal(source.current().cert, old.cert);

  const good = await makePair();
  await write(files, good);
  await until(() => source.current().cert === good.cert, { what: 'the good pair is shown' });
});

test('symbolic links that are turned to another directory are followed, as certbot does', async () => {
  await using dir = await temporaryDirectory();
  const [old, next] = [await makePair(), await makePair()];
  for (const [name, pair] of [
    ['one', old],
    ['two', next],
  ] as const) {
    await mkdir(join(dir.path, name));
    await write(filesIn(join(dir.path, name)), pair);
  }
  const live = filesIn(join(dir.path, 'live'));
  await mkdir(join(dir.path, 'live'));
  const turn = async (to: string) => {
    for (const name of ['key.pem', 'cert.pem']) {
      await symlink(join('..', to, name), join(dir.path, 'live', `${name}.new`));
      await rename(join(dir.path, 'live', `${name}.new`), join(dir.path, 'live', name));
    }
  };
  await turn('one');
  await using source = await createFileCertificates({
    ...live,
    ...quick,
    onEvent: () => undefined,
  });
  await turn('two');
  await until(() => source.current().cert === next.cert, { what: 'the new pair is shown' });
});

test('without a usable pair there is no source; with an expired one there is, and it says so', async () => {
  await using dir = await temporaryDirectory();
  const files = filesIn(dir.path);
  const events: CertificateEvent[] = [];
  const open = async () =>
    createFileCertificates({ ...files, ...quick, onEvent: (event) => void events.push(event) });
  await assert.rejects(open, { code: 'CERTIFICATE_UNUSABLE' });
  await write(files, await makePair({ expiresAtMs: Date.now() - 1000 }));
  await using source = await open();
  assert(source.expiresAtMs < Date.now());
  assert.equal(events[0]?.name, 'certificate.refused');
});

interface Files {
  readonly keyFile: string;
  readonly certFile: string;
}

function filesIn(dir: string): Files {
  return { keyFile: join(dir, 'key.pem'), certFile: join(dir, 'cert.pem') };
}

async function write({ keyFile, certFile }: Files, { key, cert }: KeyAndChain): Promise<void> {
  await replace(keyFile, key);
  await replace(certFile, cert);
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
