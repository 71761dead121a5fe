// A backup in front of somebody else's mail server: that home sees our address instead of the stranger's, so it gets what we found in
// Authentication-Results under our ARC seal, which python3-dkim believes, and the stranger's own signature still holds (RFC 8617, R14).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { askDkimpy, recordsOf, testKey, withDkimpy } from '../../packages/dkim/test/dkimpy.ts';
import { signedBy } from '../../packages/dkim/test/reference-signer.ts';
import { startBackupSite } from '../kit/backup-site.ts';
import { namedHost } from '../kit/laboratory.ts';
import { startScriptedHome } from '../kit/scripted-home.ts';
import { bring, written } from '../kit/stranger.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';
import { startZoneDns } from '../kit/zone-dns.ts';

const address = '127.0.0.10';
const key = testKey('signs.test', 'k1', 'rsa-sha256');
const to = 'ana@home.test';
const from = 'ann@signs.test';

test(
  'the home of somebody else gets our findings sealed, and the signature of the stranger whole',
  withDkimpy,
  async () => {
    const theirs = recordsOf([key]);
    await using dns = await startZoneDns({
      ...namedHost('mail.stranger.test', address),
      'signs.test': { TXT: [[`v=spf1 ip4:${address} -all`]] },
      '_dmarc.signs.test': { TXT: [['v=DMARC1; p=reject']] },
      ...Object.fromEntries(
        Object.entries(theirs).map(([name, value]) => [
          name,
          { TXT: [value.match(/.{1,255}/g) ?? []] },
        ]),
      ),
    });
    await using dir = await temporaryDirectory();
    await using home = await startScriptedHome();
    await using site = await startBackupSite({
      dir: join(dir.path, 'site'),
      home: home.endpoint,
      dns: dns.address,
    });
    const made = JSON.parse(await site.cli('dkim', 'make', 'home.test', '--json')) as unknown;
    const ours = recordsIn(made);
    assert.ok(Object.keys(ours).length > 0, JSON.stringify(made));

    const plain = `${written({ id: 'sealed', from, to })}\r\n`;
    const names = ['From', 'To', 'Subject', 'Date', 'Message-ID'];
    const signed = signedBy(plain, { key, header: 'relaxed', body: 'relaxed', names });
    const data = signed.replace(/\r\n$/, '');
    const reply = await bring(site.smtp, { address, from, to, data });
    assert.equal(reply.code, 250, reply.text);
    const taken = await until(() => home.taken[0], { what: 'the home has it' });
    const message = `${taken.replaceAll(/^\.\./gm, '.')}\r\n`;

    assert.match(message, /^ARC-Seal: i=1;[^]*?d=home\.test/m);
    assert.match(message, /^ARC-Authentication-Results: i=1; mx2\.home\.test;/m);
    assert.match(message, /^Authentication-Results: mx2\.home\.test;[^]*?spf=pass[^]*?dmarc=pass/m);
    const records = { ...theirs, ...ours };
    const [chain, signature] = askDkimpy(
      [
        { do: 'arc-verify', message },
        { do: 'verify', message },
      ],
      records,
    );
    assert.equal(chain, 'pass');
    assert.equal(signature, 'pass');
    assert.ok(
      home.xforward.some((line) => line.includes(`ADDR=${address}`)),
      home.xforward.join('\n'),
    );
  },
);

/** Name and text of every record, whatever it is wrapped in. */
function recordsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const { name, value: text } = value as { name?: unknown; value?: unknown };
  if (typeof name === 'string' && typeof text === 'string') return { [name]: text };
  return Object.assign({}, ...Object.values(value).map(recordsIn)) as Record<string, string>;
}
