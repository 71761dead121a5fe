import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodText, problemsOf } from '../test/cluster-text.ts';

/** Changes the good file and expects exactly these problems: "line key: problem". */
async function expectProblems(
  change: (text: string) => string,
  expected: readonly string[],
): Promise<void> {
  const problems = await problemsOf(change(goodText));
  assert.deepEqual(
    problems.map(({ line, key, problem }) => `${line} ${key}: ${problem}`),
    expected,
  );
}

const domain = (lines: string) => (text: string) =>
  `${text}[[domain]]\nname = "office.example"\n${lines}\n`;

test('siteNamesDiffer, siteHostnamesDiffer', async () => {
  await expectProblems(
    (text) => text.replace('name = "us"', 'name = "shanghai"').replace('["us"]', '[]'),
    ['11 site[shanghai].name: is the name of another site too'],
  );
  await expectProblems(
    (text) => text.replace('mx.us.example', 'MX.shanghai.example'),
    ['12 site[us].hostname: is the host name of another site too'],
  );
});

test('domainNamesDiffer, also when written differently', async () => {
  await expectProblems(
    (text) =>
      `${text}[[domain]]\nname = "SHANGHAI.example."\nhome = "us"\n`.replace(
        'example."',
        'example"',
      ),
    ['20 domain[SHANGHAI.example].name: stands in the file twice'],
  );
});

test('listenersDoNotCollide at one site; two sites may use the same', async () => {
  const listen = (lines: string) => (text: string) =>
    text.replace('dir = "us"\n', `dir = "us"\n[site.listen]\n${lines}\n`);
  await expectProblems(listen('smtp = "127.0.0.1:8025"'), [
    '14 site[us].listen.http: takes the port of smtp',
  ]);
  await expectProblems(listen('http = "127.0.0.1:25"'), [
    '15 site[us].listen.http: takes the port of smtp',
  ]);
  await expectProblems(listen('peer_api = "[::]:25"'), [
    '15 site[us].listen.peer_api: takes the port of smtp',
  ]);
  await expectProblems(listen('smtp = "127.0.0.1:0"\nhttp = "127.0.0.1:0"'), []);
  await expectProblems(listen('smtp = "127.0.0.1:2525"\nsmtp_alt = "127.0.0.2:2525"'), []);
});

test('domainHasOneHome', async () => {
  await expectProblems(domain('backups = ["us"]'), ['19 domain[office.example].home: is missing']);
  await expectProblems(
    domain(
      'home = "us"\nhome_host = "mail.office.example:25"\nbackups = ["shanghai"]\nrecipients_file = "r"',
    ),
    ['22 domain[office.example].home_host: stands beside home'],
  );
});

test('homeIsASite, backupsAreSites, backupIsNotHome, backupsDiffer', async () => {
  await expectProblems(domain('home = "mars"'), [
    '21 domain[office.example].home: is not a site of this file',
  ]);
  await expectProblems(domain('home = "us"\nbackups = ["mars", "us", "shanghai", "shanghai"]'), [
    '22 domain[office.example].backups: is not a site of this file',
    '22 domain[office.example].backups: names the home itself',
    '22 domain[office.example].backups: is named twice',
  ]);
});

test('homeHostHasBackupsAndRecipients: a backup knows the recipients (law 4)', async () => {
  await expectProblems(domain('home_host = "mail.office.example:25"'), [
    '19 domain[office.example].backups: is empty',
    '19 domain[office.example].recipients_file: is missing',
  ]);
  await expectProblems(
    domain('home_host = "mail.office.example:25"\nbackups = ["us"]\nrecipients_file = "r"'),
    [],
  );
});

test('recipientsFileNeedsHomeHost', async () => {
  await expectProblems(domain('home = "us"\nrecipients_file = "r"'), [
    '22 domain[office.example].recipients_file: has no effect here',
  ]);
});

test('a wrong site is not blamed on the domains that name it', async () => {
  await expectProblems(
    (text) => text.replace('mx.us.example', 'mx us'),
    ['12 site[us].hostname: is not a host name'],
  );
});

test('names, addresses, zones and ports of every kind are checked', async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['name = "us"', 'name = "ca"', 'site[ca].name'],
    ['name = "us"', 'name = "US"', 'site[US].name'],
    ['hostname = "mx.us.example"', 'hostname = "192.0.2.1"', 'site[us].hostname'],
    [
      'hostname = "mx.us.example"',
      'hostname = "mx.us.example"\ntimezone = "+08:00"',
      'site[us].timezone',
    ],
    ['dir = "us"', 'dir = ""', 'site[us].dir'],
    ['dir = "us"', 'dir = "us"\n[site.listen]\nsmtp = "mx.us.example:25"', 'site[us].listen.smtp'],
    ['dir = "us"', 'dir = "us"\n[site.listen]\nsmtp = "0.0.0.0:70000"', 'site[us].listen.smtp'],
    ['dir = "us"', 'dir = "us"\n[site.public]\nsmtp = "mx.us.example"', 'site[us].public.smtp'],
    ['dir = "us"', 'dir = "us"\n[site.redis]\nurl = "http://127.0.0.1"', 'site[us].redis.url'],
    ['dir = "us"', 'dir = "us"\n[site.tls]\ncert = "c"', 'site[us].tls.key'],
    [
      'name = "demo"',
      'name = "demo"\ndns_servers = ["192.0.2.53", "ns.example"]',
      'cluster.dns_servers',
    ],
    [
      'home = "shanghai"',
      'home = "shanghai"\ntag_separator = "ab"',
      'domain[shanghai.example].tag_separator',
    ],
    [
      'home = "shanghai"',
      'home = "shanghai"\nmessage_max = "1KiB"',
      'domain[shanghai.example].message_max',
    ],
  ];
  for (const [from, to, key] of cases) {
    const problems = await problemsOf(
      goodText.replace(from, to).replace('backups = ["us"]', 'backups = []'),
    );
    assert.deepEqual(
      problems.map((problem) => problem.key),
      [key],
      to,
    );
  }
});
