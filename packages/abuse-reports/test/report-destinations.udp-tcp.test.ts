// Where aggregate reports may go, with a name server of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolver } from '@restante/dns';
import { systemClock } from '@restante/runtime';
import { startZoneDns } from '../../../test/kit/zone-dns.ts';
import { reportDestinations } from '../src/index.ts';

const txt = (...texts: readonly string[]) => ({ TXT: texts.map((text) => [text]) });

async function destinations(
  reportTo: readonly string[],
  {
    zone = {},
    failing = [],
    same = ['x.test', 'mail.x.test'],
    isSilent = false,
  }: {
    readonly zone?: Parameters<typeof startZoneDns>[0];
    readonly failing?: readonly string[];
    readonly same?: readonly string[];
    readonly isSilent?: boolean;
  } = {},
) {
  await using server = await startZoneDns(zone, { failing });
  await using resolver = createResolver({ servers: [server.address], clock: systemClock });
  const { refused, ...rest } = await reportDestinations({
    domain: 'x.test',
    reportTo,
    resolver,
    isSameOrganization: async (one, other) =>
      Promise.resolve(isSilent ? undefined : same.includes(one) && same.includes(other)),
  });
  return { ...rest, refused: refused.map(({ uri }) => uri) };
}

test('addresses of the organization itself need no proof (RFC 9990 §4)', async () => {
  assert.deepEqual(
    await destinations([
      'mailto:a@x.test',
      'MAILTO:b%2Bc@mail.X.test!10m',
      'mailto:a@x.test?subject=y',
    ]),
    { addresses: ['a@x.test', 'b+c@mail.x.test'], refused: [], unknown: [] },
  );
});

test('others only when they say so (RFC 9990 §4 steps 5 to 8)', async () => {
  const zone = {
    'x.test._report._dmarc.yes.test': txt('v=DMARC1;'),
    '*._report._dmarc.any.test': txt('other', 'v=DMARC1'),
    'x.test._report._dmarc.odd.test': txt('v=DMARC2', 'DMARC1', 'v=dmarc1'),
  };
  const all = [
    'mailto:r@yes.test',
    'mailto:r@any.test',
    'mailto:r@odd.test',
    'mailto:victim@no.test',
  ];
  assert.deepEqual(await destinations(all, { zone }), {
    addresses: ['r@yes.test', 'r@any.test'],
    refused: ['mailto:r@odd.test', 'mailto:victim@no.test'],
    unknown: [],
  });
});

test('they may name another address, but no other host (RFC 9990 §4 step 9)', async () => {
  const zone = {
    'x.test._report._dmarc.yes.test': txt('v=DMARC1; rua=mailto:new@yes.test'),
    'x.test._report._dmarc.evil.test': txt('v=DMARC1; rua=mailto:victim@no.test'),
    'x.test._report._dmarc.half.test': txt(
      'v=DMARC1; rua=mailto:a@half.test,mailto:victim@no.test',
    ),
  };
  const all = ['mailto:r@yes.test', 'mailto:r@evil.test', 'mailto:r@half.test'];
  assert.deepEqual(await destinations(all, { zone }), {
    addresses: ['new@yes.test'],
    refused: ['mailto:r@evil.test', 'mailto:r@half.test'],
    unknown: [],
  });
});

test('what DNS cannot tell is neither yes nor no', async () => {
  const failing = ['x.test._report._dmarc.dead.test'];
  assert.deepEqual(await destinations(['mailto:r@dead.test'], { failing }), {
    addresses: [],
    refused: [],
    unknown: ['mailto:r@dead.test'],
  });
  const silent = await destinations(['mailto:r@other.test', 'mailto:a@x.test'], { isSilent: true });
  assert.deepEqual([silent.addresses, silent.unknown], [['a@x.test'], ['mailto:r@other.test']]);
});

test('what is no mail address is passed over (RFC 9989 §4.7)', async () => {
  const uris = [
    'https://x.test/report',
    'mailto:',
    'mailto:a',
    'mailto:%ff@x.test',
    'mailto:a@[192.0.2.1]',
    'mailto:a@x.test%0d%0aBcc:b@y.test',
    `mailto:${'a'.repeat(100)}@x.test`,
  ];
  assert.deepEqual((await destinations(uris)).addresses, []);
});
