// The life of an MTA-STS policy, over real HTTPS on loopback: found, kept through a restart, renewed, and what is not one.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { createResolver, startZoneServer } from '@restante/dns';
import type { Resolver, Zone, ZoneServer } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import type { Clock } from '@restante/runtime';
import { makeChain } from '../../../test/kit/make-chain.ts';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { createStsFetcher } from '../src/mta-sts/fetch-sts-policy.ts';
import { openKeptPolicies } from '../src/mta-sts/kept-policies.ts';
import { createStsPolicies } from '../src/mta-sts/sts-policies.ts';

const stack = new AsyncDisposableStack();
let dns: ZoneServer;
let resolver: Resolver;
let ca = '';
let port = 0;
let asked = 0;
let dir = '';
let answer: (response: ServerResponse) => void = () => undefined;
let aheadMs = 0;
const clock: Clock = {
  ...systemClock,
  now: () => Date.now() + aheadMs,
  monotonicMs: () => performance.now() + aheadMs,
};

before(async () => {
  const papers = stack.use(await temporaryDirectory());
  const chain = await makeChain({
    dir: papers.path,
    names: ['mta-sts.good.test', 'mta-sts.inside.test'],
  });
  ca = chain.root;
  dns = stack.use(await startZoneServer({ zone: zone('1'), ttlSeconds: 0 }));
  resolver = stack.use(createResolver({ servers: [dns.address], clock: systemClock }));
  const web = createServer(
    { cert: chain.leaf + chain.issuer, key: chain.key },
    (_request, response) => {
      asked += 1;
      answer(response);
    },
  );
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  stack.defer(() => {
    web.close().closeAllConnections();
  });
  port = (web.address() as AddressInfo).port;
  dir = await mkdtemp(join(tmpdir(), 'restante-sts-'));
  stack.defer(async () => rm(dir, { recursive: true }));
});
after(async () => stack.disposeAsync());
beforeEach(() => {
  asked = 0;
  aheadMs = 0;
  dns.setZone(zone('1'));
  answer = says('enforce', 'mx.good.test');
});

function zone(id: string): Zone {
  const at = { A: ['127.0.0.1'] };
  const record = { TXT: [[`v=STSv1; id=${id};`]] };
  return {
    '_mta-sts.good.test': record,
    'mta-sts.good.test': at,
    '_mta-sts.inside.test': record,
    'mta-sts.inside.test': at,
    '_mta-sts.badname.test': record,
    'mta-sts.badname.test': at,
  };
}

function says(mode: string, mx: string): typeof answer {
  return (response) =>
    response
      .writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
      .end(`version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: 604800\n`);
}

function open(guard: (address: string) => string | undefined = () => undefined, at = dir) {
  const problems: string[] = [];
  const policies = createStsPolicies({
    resolver,
    fetch: createStsFetcher({ resolver, guard, timeoutMs: 2_000, port, ca }),
    kept: openKeptPolicies({
      dir: at,
      nowMs: clock.now(),
      onTrouble: (cause) => problems.push(String(cause)),
    }),
    clock,
    onFailure: (_domain, cause) =>
      problems.push(cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)),
  });
  return { policies, problems };
}

test('a policy is fetched once, survives a restart, and its id alone decides when it is fetched again (RFC 8461 §3.3)', async () => {
  const first = open();
  const [one, same] = await Promise.all(
    [1, 2].map(async () => first.policies.policyOf('good.test')),
  );
  assert.deepEqual(one?.mx, ['mx.good.test']);
  assert.deepEqual(same, one);
  assert.equal(asked, 1);

  const again = open();
  assert.deepEqual(await again.policies.policyOf('good.test'), one);
  assert.equal(asked, 1);

  dns.setZone(zone('2'));
  answer = says('enforce', 'mx2.good.test');
  assert.deepEqual((await again.policies.policyOf('good.test'))?.mx, ['mx2.good.test']);
  assert.equal(asked, 2);
  assert.deepEqual([...first.problems, ...again.problems], []);
});

test('what is known stands while the record is gone and while the new policy cannot be had (RFC 8461 §5.1)', async () => {
  const { policies, problems } = open();
  await policies.policyOf('good.test');
  dns.setZone({});
  assert.equal((await policies.policyOf('good.test'))?.mode, 'enforce');
  dns.setZone(zone('3'));
  answer = (response) => response.writeHead(500).end();
  assert.equal((await policies.policyOf('good.test'))?.mode, 'enforce');
  assert.deepEqual(problems, ['STS_FETCH_FAILED']);
  // Not asked again for five minutes, and asked after them.
  const before = asked;
  await policies.policyOf('good.test');
  assert.equal(asked, before);
  aheadMs = 301_000;
  answer = says('none', 'mx.good.test');
  assert.equal(await policies.policyOf('good.test'), undefined);
});

test('a policy ends with its max_age, in memory and on disk', async () => {
  await using fresh = await temporaryDirectory();
  const { policies } = open(() => undefined, fresh.path);
  await policies.policyOf('good.test');
  assert.deepEqual(await readdir(fresh.path), ['good.test.json']);
  dns.setZone({});
  aheadMs = 604_801_000;
  assert.equal(await policies.policyOf('good.test'), undefined);
  const later = open(() => undefined, fresh.path);
  assert.equal(await later.policies.policyOf('good.test'), undefined);
  assert.deepEqual(await readdir(fresh.path), []);
});

test('a damaged file is no policy and is fetched again', async () => {
  await using fresh = await temporaryDirectory();
  await writeFile(join(fresh.path, 'good.test.json'), '{"id":"1","policy":{"mode":"enf');
  const { policies } = open(() => undefined, fresh.path);
  assert.equal((await policies.policyOf('good.test'))?.mode, 'enforce');
  assert.equal(asked, 1);
  assert.match(await readFile(join(fresh.path, 'good.test.json'), 'utf8'), /"enforce"/);
});

const failures: readonly {
  readonly what: string;
  readonly domain?: string;
  readonly answer?: typeof answer;
  readonly guard?: (address: string) => string | undefined;
  readonly code: string;
}[] = [
  {
    what: 'a redirect (RFC 8461 §3.3)',
    answer: (response) =>
      response.writeHead(301, { location: `https://mta-sts.good.test:${port}/other` }).end(),
    code: 'STS_FETCH_FAILED',
  },
  {
    what: 'a media type that is not text/plain',
    answer: (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('version: STSv1'),
    code: 'STS_POLICY_INVALID',
  },
  {
    what: 'more than 64 KiB',
    answer: (response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x: y\n'.repeat(20_000)),
    code: 'STS_FETCH_FAILED',
  },
  {
    what: 'an answer that never ends',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('version: STSv1\n');
    },
    code: 'STS_FETCH_FAILED',
  },
  { what: 'a certificate for another name', domain: 'badname.test', code: 'STS_WEB_CERTIFICATE' },
  {
    what: 'an address that is not of the internet: nothing is asked of it',
    domain: 'inside.test',
    guard: () => 'is not an address of the internet (loopback)',
    code: 'STS_FETCH_FAILED',
  },
];

for (const { what, domain = 'good.test', answer: given, guard, code } of failures) {
  test(`no policy comes from ${what}`, async () => {
    await using fresh = await temporaryDirectory();
    if (given !== undefined) answer = given;
    const { policies, problems } = open(guard, fresh.path);
    assert.equal(await policies.policyOf(domain), undefined);
    assert.deepEqual(problems, [code]);
    if (guard !== undefined) assert.equal(asked, 0);
    assert.deepEqual(await readdir(fresh.path), []);
  });
}
