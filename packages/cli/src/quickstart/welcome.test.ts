import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coloursFor } from '../output/colours.ts';
import type { SiteEndpoints } from './endpoints.ts';
import { backupOf, demoSites, portsFrom, publicServices, traits } from './layout.ts';
import type { DemoSite } from './layout.ts';
import { welcomeScreen } from './welcome.ts';

const ports = portsFrom(2500);

function siteAt(name: DemoSite): SiteEndpoints {
  const at = (service: keyof (typeof ports)['sites'][DemoSite]) =>
    `127.0.0.1:${ports.sites[name][service]}`;
  return {
    smtp: at('smtp'),
    ...Object.fromEntries(publicServices.map((service) => [service, at(service)])),
    http: at('http'),
    redis: at('redis'),
    dir: `/demo/${name}`,
    home: [traits[name].domain],
    backup: [traits[backupOf(name)].domain],
    config: '/demo/restante.toml',
    start: [],
  };
}

const screen = welcomeScreen({
  endpoints: {
    sites: Object.fromEntries(demoSites.map((name) => [name, siteAt(name)])),
    dns: '127.0.0.1:2540',
    accounts: demoSites.map((site) => ({
      address: `ana@${traits[site].domain}`,
      password: `secret-of-${site}`,
      site,
    })),
    ca: '/demo/pki/ca.crt',
  },
  dir: '/demo',
  directory: '/',
  root: '/restante',
  colours: coloursFor({
    stdout: { write: () => undefined, isTty: false, columns: 100 },
    environment: {},
  }),
});

test('the first screen says where a mail program of each site connects', () => {
  assert.match(screen, /TLS {7}IMAP 2505 {3}POP3 2507 {3}sending 2503\n/);
  assert.match(screen, /STARTTLS {2}IMAP 2524 {3}POP3 2526 {3}sending 2522\n/);
});

test('it names somebody to log in as, and no password', () => {
  assert.match(screen, /server 127\.0\.0\.1, name ana@shanghai\.example/);
  assert.doesNotMatch(screen, /secret-of-/);
});

test('its lines for curl name the host of the certificate, and the CA that made it', () => {
  const lines = screen.split('\n').filter((line) => line.includes('curl -sS '));
  assert.equal(lines.length, 2);
  for (const line of lines)
    assert.match(line, /--cacert demo\/pki\/ca\.crt --connect-to ::127\.0\.0\.1:/);
  assert.match(lines[0] ?? '', /imaps:\/\/mx\.shanghai\.example:2505\/INBOX/);
  assert.match(
    lines[1] ?? '',
    /--mail-rcpt ana@us\.example .* smtps:\/\/mx\.shanghai\.example:2503/,
  );
});
