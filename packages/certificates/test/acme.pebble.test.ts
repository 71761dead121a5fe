import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret, systemClock } from '@restante/runtime';
import { createAcmeCertificates, createChallengeBook, openHttpDoor } from '@restante/certificates';
import type { CertificateEvent } from '@restante/certificates';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { until } from '../../../test/kit/until.ts';
import { makePair } from './make-pair.ts';
import { pebbleMissing, startPebble } from './pebble.ts';

const skip = pebbleMissing();
const names = ['mx.example.test', 'autoconfig.example.test'];

test(
  'orders a certificate for all names over http-01, keeps it, and shows it after a restart (RFC 8555 §7.4, §8.3)',
  { skip },
  async () => {
    await using world = await startWorld({ names });
    const first = await world.certificates();
    assert.equal(first.source.current().cert, world.fallback.cert);
    await changed(first.events);
    const { cert } = first.source.current();
    const leaf = new X509Certificate(cert);
    const chain = cert.split(/(?=-----BEGIN)/);
    assert.deepEqual([...first.source.names].toSorted(), names.toSorted());
    assert(leaf.verify(new X509Certificate(chain[1] ?? '').publicKey));
    assert(
      new X509Certificate(chain[1] ?? '').verify(
        new X509Certificate(await world.pebble.root()).publicKey,
      ),
    );
    const kept = join(world.dir, 'acme', 'certificate.pem');
    assert.equal((await stat(kept)).mode & 0o777, 0o600);
    assert.match(await readFile(kept, 'utf8'), /PRIVATE KEY[^]+CERTIFICATE/);
    const accountKey = await readFile(join(world.dir, 'acme', 'account.key'), 'utf8');
    await first.source[Symbol.asyncDispose]();

    const second = await world.certificates();
    assert.equal(second.source.current().cert, cert);
    assert.equal(await readFile(join(world.dir, 'acme', 'account.key'), 'utf8'), accountKey);
    assert.deepEqual(second.events, []);
    await second.source[Symbol.asyncDispose]();

    // Another name in the file is a reason to order at once; until then the old one is shown.
    const third = await world.certificates([...names, 'imap.example.test']);
    assert.equal(third.source.current().cert, cert);
    await changed(third.events);
    assert.equal(third.source.names.length, 3);
    await third.source[Symbol.asyncDispose]();
  },
);

test(
  'a name that cannot be validated is left out and told; without the first name there is none',
  { skip },
  async () => {
    await using world = await startWorld({ names });
    const some = await world.certificates([...names, 'nowhere.example.test']);
    await changed(some.events);
    assert.deepEqual([...some.source.names].toSorted(), names.toSorted());
    const left = some.events.find(({ name }) => name === 'certificate.names-left-out');
    assert(left?.name === 'certificate.names-left-out');
    assert.deepEqual(left.names, ['nowhere.example.test']);
    await some.source[Symbol.asyncDispose]();

    const none = await world.certificates(['nowhere.example.test', ...names]);
    const failure = await until(
      () => none.events.find(({ name }) => name === 'certificate.order-failed'),
      { what: 'the failure is told' },
    );
    assert(failure.name === 'certificate.order-failed');
    assert.match(failure.problem, /nowhere\.example\.test/);
    assert(failure.retryAtMs > Date.now() + 30_000);
    assert.equal(none.source.names.length, names.length);
    await none.source[Symbol.asyncDispose]();

    // A node that starts in circles does not ask in circles.
    const again = await world.certificates(['nowhere.example.test', ...names]);
    const timing = JSON.parse(await readFile(join(world.dir, 'acme', 'timing.json'), 'utf8')) as {
      readonly failures: number;
    };
    assert.equal(timing.failures, 1);
    assert.deepEqual(again.events, []);
    await again.source[Symbol.asyncDispose]();
  },
);

test(
  'an authority that wants to know its customer is told (RFC 8555 §7.3.4)',
  { skip },
  async () => {
    const hmacKey = Buffer.from('a key of thirty-two bytes or more').toString('base64url');
    await using world = await startWorld({ names, externalKeys: { 'customer-1': hmacKey } });
    const stranger = await world.certificates();
    await until(() => stranger.events.some(({ name }) => name === 'certificate.order-failed'), {
      what: 'the authority refuses a stranger',
    });
    await stranger.source[Symbol.asyncDispose]();
    await using other = await temporaryDirectory();
    const known = await world.certificates(names, {
      dir: other.path,
      externalAccount: { keyId: 'customer-1', hmacKey: new Secret(hmacKey) },
    });
    await changed(known.events);
    await known.source[Symbol.asyncDispose]();
  },
);

async function changed(events: readonly CertificateEvent[]): Promise<void> {
  await until(() => events.some(({ name }) => name === 'certificate.changed'), {
    what: () => `the certificate is there; so far: ${JSON.stringify(events)}`,
  });
}

async function startWorld(options: {
  readonly names: readonly string[];
  readonly externalKeys?: Readonly<Record<string, string>>;
}) {
  const directory = await temporaryDirectory();
  const challenges = createChallengeBook();
  const door = await openHttpDoor({ listen: '127.0.0.1:0', challenges });
  const pebble = await startPebble({
    ...options,
    names: [...options.names, 'imap.example.test'],
    dir: directory.path,
    httpPort: door.port,
  });
  const fallback = await makePair();
  return {
    dir: directory.path,
    pebble,
    fallback,
    async certificates(
      wanted: readonly string[] = options.names,
      further: Partial<Parameters<typeof createAcmeCertificates>[0]> = {},
    ) {
      const events: CertificateEvent[] = [];
      const source = await createAcmeCertificates({
        dir: join(directory.path, 'acme'),
        directoryUrl: pebble.directoryUrl,
        trusted: pebble.trusted,
        contacts: ['postmaster@example.test'],
        names: wanted,
        challenges,
        fallback,
        clock: systemClock,
        onEvent: (event) => void events.push(event),
        lookEveryMs: 50,
        ...further,
      });
      return { source, events };
    },
    [Symbol.asyncDispose]: async () => {
      await pebble[Symbol.asyncDispose]();
      await door[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}
