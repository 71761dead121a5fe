// The doctor of a site, asked over a real socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret, silentLogger } from '@restante/runtime';
import { createOperatorClient, createOperatorServer, SiteApiError } from '../src/index.ts';
import type { DoctorDiagnosis, DoctorOperations } from '../src/index.ts';
import { siteInMemory } from './answers.ts';

const token = new Secret('a-token-of-this-test');
const diagnosis: DoctorDiagnosis = {
  site: 'us',
  atMs: 1000,
  findings: [
    { check: 'mx', subject: 'us.example', state: 'fine', found: 'They are 10 mx.us.example.' },
    { check: 'ptr', subject: '192.0.2.1', state: 'problem', found: 'None.', remedy: 'Ask.' },
  ],
};

async function startSite(doctor?: DoctorOperations) {
  return createOperatorServer({
    listen: '127.0.0.1:0',
    token,
    site: 'us',
    operations: { ...siteInMemory(), doctor },
    metrics: { render: () => '' },
    isReady: () => ({ ready: true, why: [] }),
    logger: silentLogger,
  });
}

test('a look and the last look come back as they were; before the first there is none', async () => {
  let last: DoctorDiagnosis | undefined;
  const run = async () => (last = diagnosis);
  await using server = await startSite({ run, last: () => last });
  await using client = createOperatorClient({ baseUrl: `http://${server.address}`, token });
  assert.equal(await client.doctor.last(), undefined);
  assert.deepEqual(await client.doctor.run(), diagnosis);
  assert.deepEqual(await client.doctor.last(), diagnosis);
});

test('a site without a doctor says so, and strangers hear nothing', async () => {
  await using server = await startSite();
  const failsWith = (code: string) => (failure: unknown) =>
    failure instanceof SiteApiError && failure.code === code;
  await using client = createOperatorClient({ baseUrl: `http://${server.address}`, token });
  await assert.rejects(async () => client.doctor.run(), failsWith('NOT_POSSIBLE'));
  const stranger = createOperatorClient({
    baseUrl: `http://${server.address}`,
    token: new Secret('a guess'),
  });
  await assert.rejects(async () => stranger.doctor.run(), failsWith('NOT_AUTHORIZED'));
  await stranger[Symbol.asyncDispose]();
});
