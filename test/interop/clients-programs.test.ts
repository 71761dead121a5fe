// Programs people read and send with, against a site as npm start makes it: mutt, offlineimap and curl, each with the site's certificate
// believed and its name checked as far as the program can.
import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { personAt, portOf, writeTo, type Person } from '../kit/person.ts';
import { runProgram, whyMissing } from '../kit/programs.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;

before(async () => (cluster = await startCluster()));
after(async () => cluster[Symbol.asyncDispose]());

async function homeFor(name: string): Promise<string> {
  const home = join(cluster.dir, name);
  await mkdir(home);
  return home;
}

/** Of one person, with the folder it is in. */
async function mailOf({ site, address }: Person) {
  const name = address.split('@')[0] ?? '';
  const mails = await cluster.maildirs(site);
  return mails.flatMap((mail) => {
    const [, folder = ''] =
      new RegExp(`/${name}/Maildir/(?:\\.([^/]+)/)?(?:new|cur)/`).exec(mail.path) ?? [];
    return mail.path.includes(`/${name}/Maildir/`) ? [{ ...mail, folder: folder || 'INBOX' }] : [];
  });
}

async function arrival(person: Person, subject: string) {
  return until(
    async () => (await mailOf(person)).find((mail) => mail.header('Subject') === subject),
    { what: `"${subject}" is in a mailbox of ${person.address}`, deadlineMs: 60_000 },
  );
}

test(
  'mutt sends through submission to the other site, keeps a copy in Sent, and reads what comes back',
  { skip: whyMissing('mutt', 'script') },
  async () => {
    const home = await homeFor('mutt');
    const ana = personAt(cluster, 'shanghai');
    const bo = personAt(cluster, 'us', 1);
    const { imaps, submissions } = cluster.site('shanghai');
    const user = encodeURIComponent(ana.address);
    // Left alone, mutt 2.2 with GSASL sends with SCRAM-SHA-256-PLUS only, and has no channel binding for TLS 1.3. Reading falls back by itself.
    await writeFile(
      join(home, 'rc'),
      `set from="${ana.address}" realname="Ana" ssl_ca_certificates_file="${cluster.endpoints.ca}"
set ssl_verify_host=no certificate_file="${cluster.endpoints.ca}"
set imap_user="${ana.address}" imap_pass="${ana.password}" smtp_pass="${ana.password}"
set smtp_url="smtps://${user}@${submissions}/"
set folder="imaps://${user}@${imaps}/" spoolfile="+INBOX" record="+Sent"
set smtp_authenticators="scram-sha-256"
set copy=yes mail_check=1 confirmappend=no confirmcreate=no quit=yes move=no delete=yes wait_key=no
set header_cache="" message_cachedir="" sleep_time=0
`,
    );
    const mutt = ['mutt', '-n', '-F', 'rc'] as const;
    await runProgram([...mutt, '-s', 'from mutt', '--', bo.address], {
      home,
      input: 'Grüße aus Shanghai\n',
    });
    const sent = await arrival(bo, 'from mutt');
    assert.match(sent.header('DKIM-Signature') ?? '', /d=shanghai\.example/);
    assert.equal((await arrival(ana, 'from mutt')).folder, 'Sent');

    for (const subject of ['read me', 'delete me']) {
      await writeTo(cluster, ana, subject);
      await arrival(ana, subject);
    }
    // As somebody at the keyboard: everything is copied to a mbox, the one is deleted, and the folder is left.
    const keys = `<tag-pattern>~A<enter><tag-prefix><copy-message>${home}/mbox<enter><delete-pattern>~s delete<enter><sync-mailbox><exit>`;
    await writeFile(join(home, 'keys'), `push "${keys}"\n`);
    await runProgram(
      ['script', '-qec', `${mutt.join(' ')} -e 'source ${home}/keys'`, '/dev/null'],
      {
        home,
        env: { TERM: 'xterm', LINES: '40', COLUMNS: '120' },
      },
    );
    const read = await readFile(join(home, 'mbox'), 'utf8');
    assert.deepEqual(
      [...read.matchAll(/^Subject: (.*)$/gm)].map(([, subject = '']) => subject).toSorted(),
      ['delete me', 'read me'],
    );
    const left = (await mailOf(ana)).filter(({ folder }) => folder === 'INBOX');
    assert.deepEqual(
      left.map((mail) => mail.header('Subject')),
      ['read me'],
    );
  },
);

test(
  'offlineimap carries mail, flags and removals both ways, and a second run changes nothing',
  { skip: whyMissing('offlineimap') },
  async () => {
    const home = await homeFor('offlineimap');
    const chen = personAt(cluster, 'shanghai', 2);
    for (const subject of ['one', 'two', 'three']) await writeTo(cluster, chen, subject);
    await arrival(chen, 'three');
    await writeFile(
      join(home, 'rc'),
      `[general]
accounts = site
[Account site]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = ${home}/mail
[Repository far]
type = IMAP
remotehost = 127.0.0.1
remoteport = ${portOf(cluster.site('shanghai').imaps)}
remoteuser = ${chen.address}
remotepass = ${chen.password.replaceAll('%', '%%')}
ssl = yes
cert_fingerprint = ${await fingerprintAt(cluster.site('shanghai').imaps ?? '')}
`,
    );
    const sync = async () =>
      runProgram(['offlineimap', '-c', 'rc', '-o', '-1', '-u', 'quiet'], { home });
    await sync();
    const inbox = join(home, 'mail', 'INBOX');
    const copies = async () => {
      const [fresh, seen] = [await readdir(join(inbox, 'new')), await readdir(join(inbox, 'cur'))];
      return [
        ...fresh.map((name) => `new/${name}`),
        ...seen.map((name) => `cur/${name}`),
      ].toSorted();
    };
    const [first = '', second = '', ...more] = await copies();
    assert.equal(more.length, 1);
    const [name = ''] = (first.split('/')[1] ?? '').split(':');
    await rename(join(inbox, first), join(inbox, 'cur', `${name}:2,FS`));
    await rm(join(inbox, second));
    await writeFile(
      join(home, 'mail', 'Archive', 'cur', '1795374465.1.near:2,S'),
      'Subject: from near\n\nHi.\n',
    );
    await sync();
    const now = await mailOf(chen);
    assert.equal(now.filter(({ folder }) => folder === 'INBOX').length, 2);
    assert.equal(now.filter(({ path }) => path.endsWith(':2,FS')).length, 1);
    assert.deepEqual(
      now.filter(({ folder }) => folder === 'Archive').map((mail) => mail.header('Subject')),
      ['from near'],
    );
    const before = [await copies(), now.map(({ path }) => path).toSorted()];
    await sync();
    assert.deepEqual(
      [await copies(), (await mailOf(chen)).map(({ path }) => path).toSorted()],
      before,
    );
  },
);

test(
  'curl sends over smtps, then searches and fetches over imaps, the certificate verified by name',
  { skip: whyMissing('curl') },
  async () => {
    const home = await homeFor('curl');
    const dora = personAt(cluster, 'us', 3);
    const { imaps, submissions } = cluster.site('us');
    const curl = async (
      protocol: string,
      port: number,
      path: string,
      args: readonly string[] = [],
    ) =>
      runProgram(
        [
          'curl',
          '--silent',
          '--show-error',
          '--cacert',
          cluster.endpoints.ca,
          '--user',
          `${dora.address}:${dora.password}`,
          '--resolve',
          `${dora.hostName}:${port}:127.0.0.1`,
          ...args,
          `${protocol}://${dora.hostName}:${port}/${path}`,
        ],
        { home },
      );
    const letter = join(home, 'letter.eml');
    await writeFile(letter, `From: ${dora.address}\r\nSubject: needle\r\n\r\nIn a haystack.\r\n`);
    const envelope = ['--mail-from', dora.address, '--mail-rcpt', dora.address];
    await curl('smtps', portOf(submissions), '', [...envelope, '--upload-file', letter]);
    await arrival(dora, 'needle');
    assert.match(await curl('imaps', portOf(imaps), 'INBOX?SUBJECT%20needle'), /\* SEARCH 1\b/);
    assert.match(await curl('imaps', portOf(imaps), 'INBOX?TEXT%20haystack'), /\* SEARCH 1\b/);
    assert.match(await curl('imaps', portOf(imaps), 'INBOX;UID=1'), /In a haystack\.\r\n$/);
    const seen = await curl('imaps', portOf(imaps), 'INBOX', ['--request', 'FETCH 1 (UID FLAGS)']);
    assert.match(seen, /UID 1 FLAGS \(\\Seen\)|FLAGS \(\\Seen\) UID 1/);
  },
);

async function fingerprintAt(endpoint: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: portOf(endpoint), rejectUnauthorized: false });
  const certificate = await new Promise<X509Certificate | undefined>((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate()));
    socket.once('error', reject);
  });
  socket.destroy();
  return (certificate?.fingerprint ?? '').replaceAll(':', '').toLowerCase();
}
