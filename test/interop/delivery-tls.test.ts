// What destinations demand of TLS, against a real Postfix with a real certificate: who has it gets the mail, who has not waits,
// and nothing is said in clear text instead. DNS is a zone on loopback that says it validates.
import assert from 'node:assert/strict';
import { X509Certificate, hash } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createInternetDeliverer } from '@restante/delivery';
import { createResolver } from '@restante/dns';
import type { Resolver, Zone, ZoneServer } from '@restante/dns';
import { formatReply } from '@restante/mail-model';
import type { RestanteEvent } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { createTransportSecurity } from '@restante/transport-security';
import type { TransportSecurityOptions } from '@restante/transport-security';
import { messageFor, never } from '../../packages/delivery/test/sample.ts';
import { makeChain } from '../kit/make-chain.ts';
import type { MadeChain } from '../kit/make-chain.ts';
import { postfixMissing, startPostfix } from '../kit/postfix.ts';
import type { Postfix } from '../kit/postfix.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { startZoneDns } from '../kit/zone-dns.ts';

const missing = postfixMissing();
const skip = missing === undefined ? {} : { skip: missing };

const stack = new AsyncDisposableStack();
let chain: MadeChain;
let postfix: Postfix;
let clear: Postfix;
let dir = '';
let dns: ZoneServer;
let resolver: Resolver;
let policyPort = 0;
/** Domain -> what its policy host says. */
const policies = new Map<string, string>();

before(async () => {
  if (missing !== undefined) return;
  const temporary = stack.use(await temporaryDirectory());
  dir = temporary.path;
  const papers = stack.use(await temporaryDirectory());
  chain = await makeChain({
    dir: papers.path,
    names: [
      'mx.named.test',
      'mta-sts.sts.test',
      'mta-sts.off.test',
      'mta-sts.other.test',
      'mta-sts.trial.test',
    ],
  });
  const settings = {
    relayhost: '',
    default_transport: 'discard',
    relay_transport: 'discard',
    smtpd_tls_loglevel: '1',
  };
  postfix = stack.use(
    await startPostfix({
      dir: `${dir}/tls`,
      nextHops: ['127.0.0.1:9'],
      settings: {
        ...settings,
        smtpd_tls_security_level: 'may',
        smtpd_tls_cert_file: chain.chainPath,
        smtpd_tls_key_file: chain.keyPath,
      },
    }),
  );
  clear = stack.use(
    await startPostfix({ dir: `${dir}/clear`, nextHops: ['127.0.0.1:9'], settings }),
  );
  dns = stack.use(await startZoneDns(zone(), { isValidated: true, failing: [failingName()] }));
  resolver = stack.use(createResolver({ servers: [dns.address], clock: systemClock, retries: 0 }));

  const web = createServer(
    { cert: chain.leaf + chain.issuer, key: chain.key },
    (request, answer) => {
      const text = policies.get(
        request.headers.host?.replace(/:.*/, '').slice('mta-sts.'.length) ?? '',
      );
      answer.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text);
    },
  );
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  stack.defer(() => {
    web.close().closeAllConnections();
  });
  policyPort = (web.address() as AddressInfo).port;
});
after(async () => stack.disposeAsync());

const portOf = ({ endpoint }: Postfix) => Number(endpoint.split(':')[1]);
const failingName = () => `_${portOf(postfix)}._tcp.mx.jammed.test`;

function tlsa(certUsage: number, selector: number, pem: string, match: 1 | 2 = 1) {
  const certificate = new X509Certificate(pem);
  const selected =
    selector === 0
      ? certificate.raw
      : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const digest = hash(match === 1 ? 'sha256' : 'sha512', selected, 'buffer');
  return { certUsage, selector, match, data: new Uint8Array(digest).buffer };
}

function zone(): Zone {
  const at = { A: ['127.0.0.1'] };
  const wrong = { certUsage: 3, selector: 1, match: 1, data: new Uint8Array(32).buffer };
  const names: Record<string, Zone[string]> = {};
  const destination = (domain: string, mx: string, records: Zone[string] = {}) => {
    names[domain] = { MX: [{ priority: 10, exchange: mx }] };
    names[mx] = at;
    for (const one of [postfix, clear]) names[`_${portOf(one)}._tcp.${mx}`] = records;
  };
  destination('key.test', 'mx.key.test', { TLSA: [wrong, tlsa(3, 1, chain.leaf)] });
  destination('whole.test', 'mx.whole.test', { TLSA: [tlsa(3, 0, chain.leaf, 2)] });
  destination('wrong.test', 'mx.wrong.test', { TLSA: [wrong] });
  destination('named.test', 'mx.named.test', { TLSA: [tlsa(2, 1, chain.root)] });
  destination('issuer.test', 'mx.named.test', { TLSA: [tlsa(2, 0, chain.issuer, 2)] });
  destination('unnamed.test', 'mx.unnamed.test', { TLSA: [tlsa(2, 1, chain.issuer)] });
  destination('web.test', 'mx.web.test', { TLSA: [{ ...wrong, certUsage: 1 }] });
  destination('jammed.test', 'mx.jammed.test');
  destination('plain.test', 'mx.plain.test');
  names['alias.test'] = { MX: [{ priority: 10, exchange: 'mx.alias.test' }] };
  names['mx.alias.test'] = { CNAME: ['mx.key.test'] };
  for (const [domain, mx] of [
    ['sts.test', 'mx.named.test'],
    ['off.test', 'mx.other.test'],
    ['other.test', 'mx.other.test'],
    ['trial.test', 'mx.other.test'],
  ] as const) {
    names[domain] = { MX: [{ priority: 10, exchange: mx }] };
    names[`_mta-sts.${domain}`] = { TXT: [['v=STSv1; id=1;']] };
    names[`mta-sts.${domain}`] = at;
    names[mx] ??= at;
  }
  // One name, with TLSA records for some domains: MTA-STS is asked without DANE below.
  names[`_${portOf(postfix)}._tcp.mx.named.test`] = {
    TLSA: [tlsa(2, 1, chain.root), tlsa(2, 0, chain.issuer, 2)],
  };
  return names;
}

interface Told {
  readonly said: string;
  readonly kind: string;
  readonly counted: readonly string[];
}

async function send(
  domain: string,
  { to = postfix, ...more }: Partial<TransportSecurityOptions> & { readonly to?: Postfix } = {},
): Promise<Told> {
  const events: RestanteEvent[] = [];
  await using security = createTransportSecurity({
    resolver,
    dir: `${dir}/policies`,
    mtaSts: true,
    dane: true,
    policyFetchTimeoutMs: 5_000,
    destinations: [],
    otherwise: { mode: 'opportunistic' },
    guard: () => undefined,
    onEvent: (event) => events.push(event),
    laboratory: { policyPort, ca: chain.root },
    ...more,
  });
  await using deliverer = createInternetDeliverer({
    resolver,
    helo: 'us.test',
    port: portOf(to),
    security,
    allowPrivateAddresses: true,
  });
  const [only] = await deliverer.attempt(messageFor([`ana@${domain}`]), never);
  const outcome = only?.outcome;
  const counted = events.flatMap((event) =>
    event.name === 'tls.session' ? [`${event.policy} ${event.result}`] : [],
  );
  return {
    kind: outcome?.kind ?? '',
    said: outcome === undefined ? '' : formatReply(outcome.reply),
    counted,
  };
}

test(
  'a key or certificate that the TLSA records name is enough: no name, no authority (RFC 7672 §3.1.1)',
  skip,
  async () => {
    for (const domain of ['key.test', 'whole.test', 'alias.test']) {
      const { kind, said, counted } = await send(domain);
      assert.equal(kind, 'delivered', said);
      assert.deepEqual(counted, ['dane successful']);
    }
  },
);

test(
  'an authority that they name vouches for names, not for whoever it signed (RFC 7672 §3.1.2)',
  skip,
  async () => {
    assert.equal((await send('named.test')).kind, 'delivered');
    assert.equal((await send('issuer.test')).kind, 'delivered');
    const { kind, said, counted } = await send('unnamed.test');
    assert.equal(kind, 'deferred');
    assert.match(said, /^451 4\.7\.5 .*it is for DNS:mx\.named\.test.* not for mx\.unnamed\.test/);
    assert.deepEqual(counted, ['dane certificate-host-mismatch']);
  },
);

test(
  'the wrong certificate, or no TLS at all, gets nothing, and nothing in clear text (RFC 7672 §2.2)',
  skip,
  async () => {
    const before = await mails(postfix);
    const wrong = await send('wrong.test');
    assert.equal(wrong.kind, 'deferred');
    assert.match(wrong.said, /^451 4\.7\.5 .*TLSA records name/);
    assert.deepEqual(wrong.counted, ['dane validation-failure']);
    assert.equal(await mails(postfix), before);

    const stripped = await send('key.test', { to: clear });
    assert.equal(stripped.kind, 'deferred');
    assert.match(stripped.said, /^451 4\.7\.5 .*TLS is required here but was not offered/);
    assert.deepEqual(stripped.counted, ['dane starttls-not-supported']);
    assert.equal(await mails(clear), 0);
  },
);

test(
  'TLSA records that cannot be looked up are not "there are none" (RFC 7672 §2.1.2)',
  skip,
  async () => {
    const { kind, said, counted } = await send('jammed.test');
    assert.equal(kind, 'deferred');
    assert.match(
      said,
      /^451 4\.7\.5 The TLSA records at _\d+\._tcp\.mx\.jammed\.test could not be looked up \(ESERVFAIL\)/,
    );
    assert.deepEqual(counted, ['dane dnssec-invalid']);
    // An operator who does not want DANE, or a resolver that does not validate, sees what everybody sees.
    assert.equal((await send('jammed.test', { dane: false })).kind, 'delivered');
  },
);

test(
  'records that mean nothing to SMTP still demand encryption (RFC 7672 §3.1.3)',
  skip,
  async () => {
    assert.equal((await send('web.test')).kind, 'delivered');
    assert.equal((await send('web.test', { to: clear })).kind, 'deferred');
  },
);

test(
  'MTA-STS: a named server with a trusted certificate gets it; another one, or none, does not (RFC 8461 §4)',
  skip,
  async () => {
    policies.set('sts.test', policy('enforce', 'mx.named.test'));
    const good = await send('sts.test', { dane: false });
    assert.equal(good.kind, 'delivered', good.said);
    assert.deepEqual(good.counted, ['mta-sts successful']);
    const stripped = await send('sts.test', { dane: false, to: clear });
    assert.match(stripped.said, /^451 4\.7\.5 .*not offered/);
    const untrusted = await send('sts.test', { dane: false, laboratory: { policyPort } });
    // The policy is known from before; the certificate is checked against the world's roots now.
    assert.match(untrusted.said, /^451 4\.7\.5 .*does not chain to a root/);
    assert.deepEqual(untrusted.counted, ['mta-sts certificate-not-trusted']);

    policies.set('off.test', policy('enforce', 'mx.elsewhere.test'));
    const off = await send('off.test');
    assert.match(
      off.said,
      /^451 4\.7\.5 The MTA-STS policy of off\.test does not name the mail server mx\.other\.test/,
    );
    policies.set('other.test', policy('enforce', '*.other.test'));
    assert.match((await send('other.test')).said, /^451 4\.7\.5 .*it is for DNS:mx\.named\.test/);
  },
);

test(
  'MTA-STS in testing withholds nothing and counts what it would have (RFC 8461 §5)',
  skip,
  async () => {
    policies.set('trial.test', policy('testing', 'mx.elsewhere.test'));
    const { kind, counted } = await send('trial.test');
    assert.equal(kind, 'delivered');
    assert.deepEqual(counted.toSorted(), [
      'mta-sts certificate-host-mismatch',
      'mta-sts validation-failure',
      'none successful',
    ]);
  },
);

test("the operator's word comes before DANE and MTA-STS, in both directions", skip, async () => {
  const open = await send('wrong.test', { destinations: ['wrong.test opportunistic'] });
  assert.equal(open.kind, 'delivered');
  assert.deepEqual(open.counted, ['operator successful']);
  const strict = await send('plain.test', { destinations: ['.test verify'] });
  assert.match(strict.said, /^451 4\.7\.5 .*it is for DNS:mx\.named\.test/);
  const named = await send('plain.test', { destinations: ['plain.test verify mx.named.test'] });
  assert.equal(named.kind, 'delivered', named.said);
  const below = await send('plain.test', { destinations: ['plain.test verify .named.test'] });
  assert.equal(below.kind, 'delivered', below.said);
  const required = await send('plain.test', { destinations: ['plain.test required'], to: clear });
  assert.equal(required.kind, 'deferred');
});

function policy(mode: string, mx: string): string {
  return `version: STSv1\r\nmode: ${mode}\r\nmx: ${mx}\r\nmax_age: 86400\r\n`;
}

/** Messages it took so far. */
async function mails({ log }: Postfix): Promise<number> {
  return ((await log()).match(/ client=/g) ?? []).length;
}
