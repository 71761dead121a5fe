// The records of a domain: as a zone file, as JSON, and compared with a name server of the test.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startZoneServer } from '@restante/dns';
import { openDkimKeys, recordOf } from '@restante/dkim';
import { systemClock } from '@restante/runtime';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { run } from './in-process.ts';

const day = 86_400_000;

test('every record for both sites is printed, and --check says which are there', async () => {
  await using dir = await temporaryDirectory();
  await using dns = await startZoneServer({ zone: {} });
  await writeFile(join(dir.path, 'restante.toml'), clusterFile(dns.address));
  await mkdir(join(dir.path, 'us'));
  const keys = openDkimKeys({
    dir: join(dir.path, 'us', 'dkim'),
    clock: systemClock,
    config: { publishBeforeMs: day, keepAfterMs: day },
  });
  const made = (await keys.make('us.example')).map(recordOf);
  const command = ['domain', 'dns', 'us.example', '--dir', dir.path];

  const zone = await run(command);
  assert.equal(zone.exitCode, 0, zone.stderr);
  assert.match(zone.stdout, /^us\.example\. IN MX 10 mx\.us\.example\.$/m);
  assert.match(zone.stdout, /^us\.example\. IN MX 20 mx\.shanghai\.example\.$/m);
  assert.match(
    zone.stdout,
    /^us\.example\. IN TXT "v=spf1 a:mx\.us\.example a:mx\.shanghai\.example -all"$/m,
  );
  assert.match(
    zone.stdout,
    /^_submissions\._tcp\.us\.example\. IN SRV 0 1 465 mx\.us\.example\.$/m,
  );
  for (const { name } of made) assert(zone.stdout.includes(`${name}. IN TXT "v=DKIM1`));

  const checked = await run([...command, '--check']);
  assert.equal(checked.exitCode, 1);
  assert.match(checked.stdout, /missing +us\.example +MX/);

  const [first] = made;
  dns.setZone({
    'us.example': {
      MX: [
        { priority: 10, exchange: 'mx.us.example' },
        { priority: 20, exchange: 'mx.shanghai.example' },
      ],
      TXT: [['v=spf1 a:mx.us.example a:mx.shanghai.example -all']],
    },
    'mx.us.example': { A: ['192.0.2.1'] },
    'mx.shanghai.example': { A: ['192.0.2.2'] },
    '1.2.0.192.in-addr.arpa': { PTR: ['mx.us.example'] },
    '2.2.0.192.in-addr.arpa': { PTR: ['mx.shanghai.example'] },
    ...Object.fromEntries(made.map(({ name, value }) => [name, { TXT: [pieces(value)] }])),
  });
  const good = await run([...command, '--check', '--json']);
  assert.equal(good.exitCode, 0, good.stdout);
  const findings = JSON.parse(good.stdout) as readonly { name: string; state: string }[];
  assert.equal(findings.find(({ name }) => name === first?.name)?.state, 'there');
  assert.equal(findings.find(({ name }) => name === '_dmarc.us.example')?.state, 'missing');

  const wrong = await run(['domain', 'dns', 'elsewhere.example', '--dir', dir.path]);
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /us\.example/);
});

function pieces(value: string): string[] {
  return value.match(/.{1,255}/g) ?? [];
}

function clusterFile(dns: string): string {
  const site = (name: string) =>
    `[[site]]\nname = "${name}"\nhostname = "mx.${name}.example"\ndir = "${name}"\n[site.listen]\nsubmissions = "0.0.0.0:465"\nimaps = "0.0.0.0:993"\n`;
  const domain = (home: string, backup: string) =>
    `[[domain]]\nname = "${home}.example"\nhome = "${home}"\nbackups = ["${backup}"]\n`;
  return `[cluster]\nname = "test"\ndns_servers = ["${dns}"]\n${site('us')}${site('shanghai')}${domain('us', 'shanghai')}${domain('shanghai', 'us')}`;
}
