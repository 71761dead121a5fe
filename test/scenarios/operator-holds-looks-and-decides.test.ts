// What an operator does in an outage, by the commands of the README: look, hold, release, try now, trace, delete. And what
// a sender hears when a person has to be told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster();
});
after(async () => {
  await cluster[Symbol.asyncDispose]();
});

interface Row {
  readonly id: string;
  readonly state: string;
  readonly recipients: readonly string[];
}

async function rows(site: string, ...filter: readonly string[]): Promise<readonly Row[]> {
  const { stdout, stderr, code } = await cluster.cli(
    'queue',
    'list',
    '--site',
    site,
    '--json',
    ...filter,
  );
  assert.equal(code, 0, stderr);
  const { sites } = JSON.parse(stdout) as { sites: readonly { rows: readonly Row[] }[] };
  return sites.flatMap((page) => page.rows);
}

async function accept(
  site: string,
  to: string,
  number: string,
  from = 'x@stranger.test',
): Promise<void> {
  const reply = await sendLetter(cluster.site(site).smtp, numberedLetter(number, { from, to }));
  assert.equal(reply.code, 250, reply.text);
}

async function arrived(site: string, number: string): Promise<boolean> {
  return (await cluster.maildirs(site)).some((mail) => mail.header('X-Number') === number);
}

test('a held route keeps its mail, shows it, and gives it when released; the hold survives a kill', async () => {
  const to = cluster.accountAt('us');
  assert.equal((await cluster.cli('route', 'hold', 'peer:us', '--site', 'shanghai')).code, 0);
  await accept('shanghai', to, 'held-route');
  const [row] = await rows('shanghai', '--route', 'peer:us');
  assert.deepEqual(row?.recipients, [to]);
  await cluster.kill('shanghai');
  await cluster.start('shanghai');
  const { routes } = await cluster.ask<{ routes: { route: string; heldBy: string[] }[] }>(
    'shanghai',
    '/v1/status',
  );
  assert.ok(routes.find(({ route }) => route === 'peer:us')?.heldBy.includes('operator'));
  assert.equal((await cluster.cli('route', 'release', 'peer:us', '--site', 'shanghai')).code, 0);
  await until(async () => arrived('us', 'held-route'), { what: 'the letter is home' });
});

test('a held domain stays, other domains move, release sends it off', async () => {
  const to = cluster.accountAt('us');
  const domain = to.slice(to.indexOf('@') + 1);
  assert.equal((await cluster.cli('domain', 'hold', domain, '--site', 'shanghai')).code, 0);
  await accept('shanghai', to, 'held-domain');
  await accept('shanghai', cluster.accountAt('shanghai'), 'other-domain');
  await until(async () => arrived('shanghai', 'other-domain'), { what: 'the other domain moves' });
  assert.equal((await rows('shanghai', '--domain', domain)).length, 1);
  assert.equal((await cluster.cli('domain', 'release', domain, '--site', 'shanghai')).code, 0);
  await until(async () => arrived('us', 'held-domain'), { what: 'the letter is home' });
});

test('one message is held, traced, released; another is deleted and nobody is told', async () => {
  const to = cluster.accountAt('us');
  await cluster.cli('route', 'hold', 'peer:us', '--site', 'shanghai');
  await accept('shanghai', to, 'kept');
  await accept('shanghai', to, 'thrown-away');
  const [kept, thrown] = await rows('shanghai', '--route', 'peer:us');
  assert.ok(kept !== undefined && thrown !== undefined);
  assert.equal((await cluster.cli('queue', 'hold', kept.id, '--site', 'shanghai')).code, 0);
  assert.equal(
    (await cluster.cli('queue', 'delete', thrown.id, '--yes', '--site', 'shanghai')).code,
    0,
  );
  await cluster.cli('route', 'release', 'peer:us', '--site', 'shanghai');
  assert.equal((await rows('shanghai', '--held'))[0]?.state, 'held');
  assert.equal((await cluster.cli('queue', 'release', kept.id, '--site', 'shanghai')).code, 0);
  await until(async () => arrived('us', 'kept'), { what: 'the kept letter is home' });
  assert.equal(await arrived('us', 'thrown-away'), false);

  const { stdout } = await cluster.cli('trace', kept.id, '--json');
  for (const step of ['message.accepted', 'message.held', 'message.released', 'message.delivered'])
    assert.match(stdout, new RegExp(step.replace('.', '\\.')));
});

test('an account that was closed while its mail waited: the sender is told why, in words, and only once (RFC 3464)', async () => {
  const sender = cluster.accountAt('us');
  const closing = 'closing@shanghai.example';
  const { code, stderr } = await cluster.cliWithInput(
    'secret-of-a-day\n',
    'account',
    'add',
    closing,
    '--password-stdin',
  );
  assert.equal(code, 0, stderr);
  await cluster.cli('route', 'hold', 'local', '--site', 'shanghai');
  await accept('shanghai', closing, 'too-late', sender);
  assert.equal((await cluster.cli('account', 'remove', closing, '--yes')).code, 0);
  await cluster.cli('route', 'release', 'local', '--site', 'shanghai');
  const reports = await until(
    async () => {
      const found = (await cluster.maildirs('us')).filter((mail) =>
        /multipart\/report/.test(mail.header('Content-Type') ?? ''),
      );
      return found.length > 0 && found;
    },
    { what: 'the report is in the mailbox of the sender' },
  );
  assert.equal(reports.length, 1);
  assert.equal(reports[0]?.header('Return-Path'), '<>');
  assert.match(reports[0]?.header('Auto-Submitted') ?? '', /auto-replied/);
  assert.match(reports[0]?.body ?? '', /Final-Recipient: rfc822;\s?closing@shanghai\.example/i);
  assert.match(reports[0]?.body ?? '', /Status: 5\.1\.1/);
});

test('a site that does not answer is exit code 3, wrong use is 2', async () => {
  assert.equal((await cluster.cli('queue', 'frobnicate')).code, 2);
  await cluster.kill('us');
  assert.equal((await cluster.cli('queue', 'list', '--site', 'us')).code, 3);
  await cluster.start('us');
});
