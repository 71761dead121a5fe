import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { demo } from '../test/demo-domain.ts';
import { createSettingsHandler } from './settings-handler.ts';
import type { SettingsAnswer, SettingsRequest } from './settings-handler.ts';

const handle = createSettingsHandler({
  domain: (name) => (name === demo.name ? demo : undefined),
  displayName: 'Ana & <Söhne>',
  mtaSts: { mode: 'enforce', maxAgeMs: 604_800_000 },
  now: () => 0,
});

describe('Thunderbird', () => {
  const path = '/mail/config-v1.1.xml';

  test('the same answer for every address, known or not, and TLS from the first byte first (RFC 8314 §4.1)', () => {
    const ana = ask({
      host: 'autoconfig.shanghai.test',
      path,
      query: 'emailaddress=ana@shanghai.test',
    });
    const nobody = ask({
      host: 'autoconfig.shanghai.test',
      path,
      query: 'emailaddress=nobody%40SHANGHAI.test',
    });
    const bare = ask({ host: 'autoconfig.shanghai.test:80', path });
    assert.equal(ana.status, 200);
    assert.deepEqual([ana.body, ana.body], [nobody.body, bare.body]);
    assert.match(
      ana.body,
      /<incomingServer type="imap">\s*<hostname>mx\.shanghai\.test<\/hostname>\s*<port>993<\/port>\s*<socketType>SSL/,
    );
    assert.match(
      ana.body,
      /<outgoingServer type="smtp">\s*<hostname>mx\.shanghai\.test<\/hostname>\s*<port>465/,
    );
    assert(ana.body.indexOf('>993<') < ana.body.indexOf('>143<'));
    assert.match(ana.body, /mx\.us\.test/);
    assert.doesNotMatch(ana.body, /pop3|ana@/);
  });

  test('a name with signs of markup stays text', () => {
    const { body } = ask({ host: 'autoconfig.shanghai.test', path });
    assert.match(body, /<displayName>Ana &amp; &lt;Söhne&gt;<\/displayName>/);
  });

  test('the well-known path answers too; domains that are not ours are not known', () => {
    const wellKnown = '/.well-known/autoconfig/mail/config-v1.1.xml';
    assert.equal(ask({ host: 'shanghai.test', path: wellKnown }).status, 200);
    assert.equal(ask({ host: 'elsewhere.test', path: wellKnown }).status, 404);
    assert.equal(
      ask({ host: 'autoconfig.shanghai.test', path, query: 'emailaddress=a@elsewhere.test' })
        .status,
      404,
    );
    assert.equal(
      ask({ host: 'autoconfig.shanghai.test', path, query: 'emailaddress=%3Cscript%3E' }).status,
      404,
    );
  });
});

describe('Outlook', () => {
  const path = '/AutoDiscover/autodiscover.xml';
  const question = (address: string, schema = 'outlook/responseschema/2006a') =>
    `<?xml version="1.0"?><Autodiscover><Request><EMailAddress>${address}</EMailAddress>` +
    `<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/${schema}</AcceptableResponseSchema></Request></Autodiscover>`;
  const post = (body: string) =>
    ask({ method: 'POST', host: 'autodiscover.shanghai.test', path, body });

  test('one protocol each for reading and sending, whatever the case of the path', () => {
    const { status, body } = post(question('o&apos;ana@shanghai.test'));
    assert.equal(status, 200);
    assert.match(body, /<Type>IMAP<\/Type>\s*<Server>mx\.shanghai\.test<\/Server>\s*<Port>993/);
    assert.match(body, /<Type>SMTP<\/Type>\s*<Server>mx\.shanghai\.test<\/Server>\s*<Port>465/);
    assert.match(body, /<LoginName>o&apos;ana@shanghai\.test<\/LoginName>/);
    assert.equal(body.match(/<Protocol>/g)?.length, 2);
  });

  test('Exchange ActiveSync is not spoken, other domains are not known, nonsense is refused', () => {
    assert.match(
      post(question('a@shanghai.test', 'mobilesync/responseschema/2006')).body,
      /<ErrorCode>601/,
    );
    assert.match(post(question('a@elsewhere.test')).body, /<ErrorCode>601/);
    for (const body of [
      '',
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><EMailAddress>&e;</EMailAddress>',
      `<EMailAddress>${'a'.repeat(70_000)}`,
    ]) {
      assert.match(post(body).body, /<ErrorCode>600/);
    }
  });

  test('the JSON question is told where the older one is answered', () => {
    const json = (query: string, jsonPath = '/autodiscover/autodiscover.json') =>
      ask({ host: 'autodiscover.shanghai.test', path: jsonPath, query });
    const url = 'https://autodiscover.shanghai.test/autodiscover/autodiscover.xml';
    assert.deepEqual(JSON.parse(json('Email=ana@shanghai.test&Protocol=AutodiscoverV1').body), {
      Protocol: 'AutodiscoverV1',
      Url: url,
    });
    assert.equal(
      json('Protocol=AutodiscoverV1', '/autodiscover/autodiscover.json/v1.0/ana%40shanghai.test')
        .status,
      200,
    );
    assert.equal(json('Email=ana@shanghai.test&Protocol=ActiveSync').status, 400);
    assert.equal(json('Email=ana@elsewhere.test&Protocol=AutodiscoverV1').status, 404);
    assert.equal(json('Email=%FF', '/autodiscover/autodiscover.json/v1.0/%FF').status, 404);
  });
});

describe('Apple', () => {
  const get = (address: string) =>
    ask({
      host: 'mx.shanghai.test',
      path: '/mail/apple.mobileconfig',
      query: `emailaddress=${encodeURIComponent(address)}`,
    });
  const uuids = (body: string) =>
    body.match(/[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}/g);

  test('the same address gets the same identifiers, another one others (RFC 9562 §5.8)', () => {
    const ana = get('ana@shanghai.test');
    assert.equal(ana.headers['content-type'], 'application/x-apple-aspen-config; charset=utf-8');
    assert.equal(ana.body, get('ana@shanghai.test').body);
    assert.equal(
      new Set([...(uuids(ana.body) ?? []), ...(uuids(get('bo@shanghai.test').body) ?? [])]).size,
      4,
    );
    assert.match(ana.body, /IncomingMailServerPortNumber<\/key>\s*<integer>993/);
    assert.doesNotMatch(ana.body, /<key>(Incoming|Outgoing)Password<\/key>/);
  });

  test('no address, or one of another domain: nothing', () => {
    assert.equal(get('').status, 404);
    assert.equal(get('ana@elsewhere.test').status, 404);
  });
});

describe('other mail servers', () => {
  const path = '/.well-known/mta-sts.txt';

  test('the policy names both MXs and ends its lines with CRLF (RFC 8461 §3.2)', () => {
    const { body, headers } = ask({ host: 'mta-sts.shanghai.test', path });
    assert.equal(
      body,
      'version: STSv1\r\nmode: enforce\r\nmx: mx.shanghai.test\r\nmx: mx.us.test\r\nmax_age: 604800\r\n',
    );
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
  });

  test('only over TLS and only at its own name (RFC 8461 §3.3)', () => {
    assert.equal(ask({ host: 'mta-sts.shanghai.test', path, isEncrypted: false }).status, 404);
    assert.equal(ask({ host: 'shanghai.test', path }).status, 404);
    assert.equal(ask({ host: 'mta-sts.elsewhere.test', path }).status, 404);
  });
});

test("other questions are somebody else's", () => {
  assert.equal(handle(request({ host: 'shanghai.test', path: '/' })), undefined);
  assert.equal(handle(request({ host: 'shanghai.test', path: '/v1/status' })), undefined);
});

interface Asked extends Partial<Omit<SettingsRequest, 'query'>> {
  readonly host: string;
  readonly path: string;
  readonly query?: string;
}

function request({ query = '', ...rest }: Asked): SettingsRequest {
  return { method: 'GET', body: '', isEncrypted: true, ...rest, query: new URLSearchParams(query) };
}

function ask(asked: Asked): SettingsAnswer {
  const answer = handle(request(asked));
  assert(answer);
  return answer;
}
