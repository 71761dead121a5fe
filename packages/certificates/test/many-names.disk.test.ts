// A site of many domains wishes for more names than one certificate holds.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type CertificateEvent,
  createAcmeCertificates,
  createChallengeBook,
} from '@restante/certificates';
import { systemClock } from '@restante/runtime';
import { makePair } from './make-pair.ts';

test('an order of more names than an authority takes is cut, and told, not refused for ever', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'acme-'));
  try {
    const events: CertificateEvent[] = [];
    const failed = Promise.withResolvers<void>();
    const names = [
      'mx.example',
      ...Array.from({ length: 150 }, (_, at) => `mta-sts.d${at}.example`),
    ];
    const source = await createAcmeCertificates({
      dir,
      // Nobody is there: the order fails, and what it was for is kept with its pause.
      directoryUrl: 'https://127.0.0.1:1/directory',
      contacts: [],
      names,
      challenges: createChallengeBook(),
      fallback: await makePair({ names: ['mx.example'] }),
      clock: systemClock,
      onEvent(event) {
        events.push(event);
        if (event.name === 'certificate.order-failed') failed.resolve();
      },
    });
    await failed.promise;
    await source[Symbol.asyncDispose]();
    const [told] = events;
    assert.equal(told?.name, 'certificate.names-left-out');
    assert.deepEqual('names' in told ? told.names : [], names.slice(100));
    const kept = JSON.parse(await readFile(join(dir, 'timing.json'), 'utf8')) as {
      names: unknown[];
    };
    assert.deepEqual(kept.names, names.slice(0, 100));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
