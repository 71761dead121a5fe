// Others tell us about our mail: what they send to abuse@ and postmaster@ is delivered, and counted as well. And where the operator wants it,
// we tell them: a domain that asks with rua= how its mail fared here, a sender whose mail somebody calls unwanted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  beginSeconds,
  complaint,
  googleXml,
  gzipped,
  multiPart,
  row,
  yahooFields,
} from '../../packages/abuse-reports/test/samples.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import type { FoundMail } from '../kit/maildir.ts';
import { openImap, personAt } from '../kit/person.ts';
import { arrived, bring, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const python = '/usr/bin/python3';
const skip =
  spawnSync(python, ['-c', 'import dkim, nacl']).status === 0
    ? false
    : 'python3-dkim and python3-nacl are not installed';
const reader = fileURLToPath(
  new URL('../../packages/abuse-reports/test/python-driver.py', import.meta.url),
);
const verifier = fileURLToPath(new URL('../../packages/dkim/test/verify.py', import.meta.url));

const permitted = '127.0.0.10';
const other = '127.0.0.11';

let laboratory: Laboratory;
before(async () => {
  laboratory = await startLaboratory({
    zone: {
      // Nobody listens there: what is for them waits, and can be looked at.
      'asks.test': {
        TXT: [[`v=spf1 ip4:${permitted} -all`]],
        MX: [{ priority: 10, exchange: 'mail.asks.test' }],
      },
      'mail.asks.test': { A: ['127.0.0.99'] },
      '_dmarc.asks.test': {
        TXT: [
          ['v=DMARC1; p=quarantine; rua=mailto:reports@us.example,mailto:victim@elsewhere.test'],
        ],
      },
      'asks.test._report._dmarc.us.example': { TXT: [['v=DMARC1']] },
    },
    settings: [
      '[reports]',
      'sends_dmarc_reports = true',
      'sends_complaints = true',
      'contact = "postmaster@shanghai.example"',
      'organization = "Example Mail"',
    ].join('\n'),
  });
  const { cluster } = laboratory;
  const alias = await cluster.cli('alias', 'add', 'reports@us.example', cluster.accountAt('us'));
  assert.equal(alias.code, 0, alias.stderr);
});
after(async () => laboratory?.[Symbol.asyncDispose]());

async function reportRows<Row>(...words: readonly string[]): Promise<readonly Row[]> {
  const { code, stdout, stderr } = await laboratory.cluster.cli('reports', ...words, '--json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Row[];
}

test('complaints and DMARC reports to our offices are delivered and counted, brought to whichever door (RFC 5965, RFC 9990)', async () => {
  const { cluster } = laboratory;
  const account = cluster.accountAt('shanghai');
  const rows = [
    row({ from: 'shanghai.example', count: 5, dkim: 'pass' }),
    row({ from: 'shanghai.example', source: '192.0.2.66', count: 7, dkim: 'fail' }),
  ];
  const xml = googleXml(rows)
    .replaceAll('our.test', 'shanghai.example')
    .replaceAll(String(beginSeconds), String(Math.floor(Date.now() / 1000) - 3600));
  const fields = yahooFields.map((field) => field.replaceAll('ana@our.test', account));
  const brought = [
    { door: 'shanghai', to: 'postmaster@shanghai.example', data: multiPart(gzipped(xml)) },
    { door: 'us', to: 'abuse@shanghai.example', data: complaint({ fields }) },
  ];
  for (const { door, to, data } of brought) {
    const reply = await bring(cluster.site(door).smtp, {
      address: other,
      from: 'reporter@asks-nothing.test',
      to,
      data: data.toString('latin1').replace(/\r\n$/, ''),
    });
    assert.equal(reply.code, 250, reply.text);
  }
  const complaints = await until(
    async () => {
      const found = await reportRows<Record<string, unknown>>('complaints');
      return found.length > 0 ? found : undefined;
    },
    { what: 'the complaint is counted', deadlineMs: 60_000 },
  );
  assert.deepEqual(
    complaints.map(({ account: who, feedbackType, incidents, site }) => [
      who,
      feedbackType,
      incidents,
      site,
    ]),
    [[account, 'abuse', 1, 'shanghai']],
  );
  const [dmarc] = await reportRows<Record<string, unknown>>('dmarc', '--days', '2');
  assert.deepEqual([dmarc?.['domain'], dmarc?.['messages']], ['shanghai.example', 12]);
  const sources = ['sources', '--domain', 'shanghai.example'];
  const [worst] = await reportRows<Record<string, unknown>>(...sources);
  assert.deepEqual([worst?.['sourceAddress'], worst?.['aligned']], ['192.0.2.66', 0]);
  const { stdout } = await cluster.cli('reports', ...sources);
  assert.match(stdout, /^address +messages +ours +not ours +last +site\n192\.0\.2\.66 +7 +0 +7 /);
  assert.equal(await cluster.metric('shanghai', 'restante_reported_complaints'), 1);
  const kept = (await cluster.maildirs('shanghai')).filter(({ bytes }) =>
    /message\/feedback-report|report\.xml\.gz/.test(bytes.toString('latin1')),
  );
  assert.equal(kept.length, 2, 'counted and delivered, not instead');
});

test(
  'a domain that asks is told how its mail fared, once its day is over, signed; who never asked is not (RFC 9990 §3.5, §4)',
  { skip },
  async () => {
    const { cluster } = laboratory;
    const to = cluster.accountAt('shanghai');
    const from = 'ann@asks.test';
    for (const [id, address] of [
      ['genuine', permitted],
      ['forged', other],
    ] as const) {
      const reply = await bring(cluster.site('shanghai').smtp, {
        address,
        from,
        to,
        data: written({ id, from, to }),
      });
      assert.equal(reply.code, 250, reply.text);
      await arrived(cluster, 'shanghai', id);
    }
    assert.deepEqual(await reportRows('send'), [], 'the day is not over');
    makeItYesterday(join(cluster.site('shanghai').dir, 'reports', 'reports.sqlite'));
    const [sent, ...more] = await reportRows<Record<string, unknown>>('send');
    assert.deepEqual([sent?.['domain'], sent?.['outcome'], more], ['asks.test', 'sent', []]);
    assert.deepEqual(await reportRows('send'), [], 'it is sent once');

    const mail = await reportAt('us');
    assert.match(mail.header('To') ?? '', /^<reports@us\.example>$/);
    assert.match(mail.header('From') ?? '', /^<postmaster@shanghai\.example>$/);
    assert.match(mail.header('Return-Path') ?? '', /^<postmaster@shanghai\.example>$/);
    assert.deepEqual([...new Set(await verdicts(mail))], ['ok']);
    const read = spawnSync(python, [reader], {
      input: JSON.stringify({ message: mail.bytes.toString('base64') }),
    });
    const { defects, parts } = JSON.parse(read.stdout.toString()) as {
      readonly defects: number;
      readonly parts: readonly { readonly values?: readonly (readonly [string, string])[] }[];
    };
    assert.equal(defects, 0);
    const values = parts.flatMap((part) => part.values ?? []);
    const all = (name: string) => values.filter(([key]) => key === name).map(([, text]) => text);
    assert.deepEqual(all('org_name'), ['Example Mail']);
    assert.deepEqual(all('count'), ['1', '1']);
    assert.deepEqual(new Map(zip(all('source_ip'), all('disposition'))).get(permitted), 'pass');
    assert.deepEqual(new Map(zip(all('source_ip'), all('disposition'))).get(other), 'quarantine');
    const queued = await cluster.ask<{ total: number }>(
      'shanghai',
      '/v1/queue?recipient=victim@elsewhere.test&limit=5',
    );
    assert.equal(queued.total, 0);
  },
);

test('what somebody moves to Junk is complained about to whose it was (RFC 5965, RFC 6650)', async () => {
  const { cluster } = laboratory;
  const person = personAt(cluster, 'shanghai');
  const from = 'ann@asks.test';
  const letters = ['offer', 'offer-again'];
  for (const [index, id] of letters.entries()) {
    const reply = await bring(cluster.site(index === 0 ? 'us' : 'shanghai').smtp, {
      address: permitted,
      from,
      to: person.address,
      data: written({ id, from, to: person.address }),
    });
    assert.equal(reply.code, 250, reply.text);
    await arrived(cluster, 'shanghai', id);
  }
  const client = await openImap(cluster, person, await readFile(cluster.endpoints.ca, 'utf8'));
  await client.mailboxOpen('INBOX');
  for (const id of letters) {
    const [uid] = (await client.search({ subject: id }, { uid: true })) || [];
    assert.ok(uid !== undefined, id);
    await client.messageMove(String(uid), 'Junk', { uid: true });
  }
  await client.logout();
  const complaints = async () =>
    (
      await cluster.ask<{ rows: readonly { readonly id: string; readonly sender: string }[] }>(
        'shanghai',
        '/v1/queue?recipient=abuse@asks.test&limit=5',
      )
    ).rows;
  const [first] = await until(
    async () => {
      const rows = await complaints();
      return rows.length > 0 ? rows : undefined;
    },
    { what: 'a complaint waits for its way', deadlineMs: 60_000 },
  );
  const series = 'restante_reports_sent_total{kind="complaint",outcome="sent"}';
  assert.equal(await cluster.metric('shanghai', series), 1);
  const { header, sender } = await cluster.ask<{ header: string; sender: string }>(
    'shanghai',
    `/v1/queue/${first?.id}`,
  );
  assert.equal(sender, '');
  assert.match(header, /^DKIM-Signature: /m);
  assert.match(header, /report-type=feedback-report/);
});

function zip(names: readonly string[], values: readonly string[]): [string, string][] {
  return names.map((name, index) => [name, values[index] ?? '']);
}

/** Nobody can wait for midnight: what was counted today was counted yesterday. */
function makeItYesterday(path: string): void {
  const database = new DatabaseSync(path, { timeout: 5000 });
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  for (const table of ['tally_domain', 'tally_row'])
    database.prepare(`UPDATE ${table} SET day = ?`).run(yesterday);
  database.close();
}

async function reportAt(site: string): Promise<FoundMail> {
  return until(
    async () =>
      (await laboratory.cluster.maildirs(site)).find((mail) =>
        mail.header('Subject')?.startsWith('Report Domain: asks.test'),
      ),
    { what: 'the report is in its mailbox', deadlineMs: 60_000 },
  );
}

async function verdicts({ bytes }: FoundMail): Promise<readonly string[]> {
  const resolver = new Resolver();
  resolver.setServers([laboratory.dnsLine.address]);
  const records: Record<string, string> = {};
  const head = bytes.toString('latin1').split('\r\n\r\n')[0] ?? '';
  for (const [, domain, selector] of head.matchAll(/d=([^;\s]+);[^]*?s=([^;\s]+);/g)) {
    const name = `${selector}._domainkey.${domain}`;
    records[name] ??= ((await resolver.resolveTxt(name))[0] ?? []).join('');
  }
  const { stdout } = spawnSync(python, [verifier, JSON.stringify(records)], { input: bytes });
  return stdout.toString().trim().split('\n');
}
