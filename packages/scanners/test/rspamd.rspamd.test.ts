// Against a real rspamd without its modules: GTUBE is in its core, and Bayes in SQLite files of its own.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request } from 'undici';
import { gtube, messageOf, scannersFor, taughtOf, usualHeader } from './scanners-for-tests.ts';
import { freePort } from '../../../test/kit/free-port.ts';
import { type Daemon, daemonDir, startDaemon, whyNot } from './start-daemon.ts';

interface Rspamd extends Daemon {
  readonly unix: string;
  readonly tcp: string;
  readonly controller: string;
  readonly passwordFile: string;
}

async function startRspamd(): Promise<Rspamd> {
  const dir = await daemonDir();
  const [port, controllerPort] = [await freePort(), await freePort()];
  const socket = join(dir, 'normal.sock');
  await writeFile(join(dir, 'tld'), 'com\norg\nexample\ntest\n');
  await writeFile(join(dir, 'rspamd.conf'), configuration({ dir, port, controllerPort, socket }));
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, 'sesame\n');
  const daemon = await startDaemon(
    dir,
    [
      'rspamd',
      '-f',
      ...(process.getuid?.() === 0 ? ['-u', 'nobody', '-g', 'nogroup'] : []),
      '-c',
      join(dir, 'rspamd.conf'),
    ],
    { port },
    { path: socket },
    { port: controllerPort },
  );
  return {
    ...daemon,
    unix: `unix:${socket}`,
    tcp: `127.0.0.1:${port}`,
    controller: `127.0.0.1:${controllerPort}`,
    passwordFile,
  };
}

function configuration(of: {
  readonly dir: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly socket: string;
}): string {
  const { dir, port, controllerPort, socket } = of;
  return `
options {
  filters = "";
  pidfile = "${dir}/pid";
  cache_file = "${dir}/symbols.cache";
  history_file = "${dir}/history";
  dynamic_conf = "${dir}/dynamic";
  hs_cache_dir = "${dir}/";
  control_socket = "${dir}/control.sock mode=0600";
  url_tld = "${dir}/tld";
  rrd = "";
  tempdir = "${dir}";
  dns { timeout = 0.1s; retransmits = 1; nameserver = "127.0.0.1:1"; }
}
logging { type = "file"; filename = "${dir}/log"; level = "error"; }
actions { reject = 15; add_header = 6; greylist = 4; }
worker "normal" {
  bind_socket = "127.0.0.1:${port}";
  bind_socket = "${socket} mode=0666";
  count = 1;
}
worker "controller" {
  bind_socket = "127.0.0.1:${controllerPort}";
  count = 1;
  password = "sesame";
  enable_password = "sesame";
  secure_ip = [];
}
classifier "bayes" {
  tokenizer { name = "osb"; }
  backend = "sqlite3";
  min_tokens = 2;
  min_learns = 1;
  statfile { symbol = "BAYES_HAM"; path = "${dir}/ham.sqlite"; spam = false; }
  statfile { symbol = "BAYES_SPAM"; path = "${dir}/spam.sqlite"; spam = true; }
}
metric {
  name = "default";
  symbol { name = "BAYES_SPAM"; weight = 5; }
  symbol { name = "BAYES_HAM"; weight = -3; }
}
`;
}

interface Statistics {
  readonly statfiles: readonly { readonly symbol: string; readonly revision: number }[];
}

async function ask({ controller }: Rspamd, path: string): Promise<unknown> {
  const { body } = await request(`http://${controller}${path}`, {
    headers: { password: 'sesame' },
  });
  return body.json();
}

describe('rspamd', { skip: whyNot('rspamd') }, () => {
  let rspamd: Rspamd;
  before(async () => void (rspamd = await startRspamd()));
  after(async () => rspamd?.[Symbol.asyncDispose]());

  for (const [how, where] of [
    ['TCP', () => rspamd.tcp],
    ['a unix socket', () => rspamd.unix],
  ] as const) {
    test(`says what is spam and what is not, over ${how}`, async () => {
      await using own = scannersFor({ rspamd: where() });
      const spam = await own.scanners.scan(messageOf(`Buy now\r\n${gtube}\r\n`));
      assert.deepEqual(spam, {
        scores: [{ by: 'rspamd', score: 15, threshold: 15, rules: ['GTUBE'] }],
        failed: [],
      });
      const ham = await own.scanners.scan(messageOf('Soup at one?\r\n', { pieceBytes: 3 }));
      assert.deepEqual(ham.failed, []);
      assert.equal(ham.scores[0]?.score, 0);
    });
  }

  test('names of strangers that could end a line or leave ASCII are shown to it all the same', async () => {
    await using own = scannersFor({ rspamd: rspamd.tcp });
    const strange = {
      ...messageOf('Soup at one?\r\n'),
      sender: 'ana\r\nIP: 203.0.113.1@例子.example',
      recipients: Array.from({ length: 500 }, (_, index) => `ün${index}\0@example.test`),
      client: { address: '192.0.2.9', helo: 'x\r\n\r\n' },
    };
    assert.deepEqual((await own.scanners.scan(strange)).failed, []);
  });

  test('learns with the password of its controller, one of each', async () => {
    await using own = scannersFor({
      rspamd: rspamd.tcp,
      rspamdController: rspamd.controller,
      rspamdPasswordFile: rspamd.passwordFile,
    });
    const spamText = 'Cheap pills today, buy quickly, lose weight tomorrow, money back\r\n';
    const hamText = 'The minutes of the meeting are attached, with the plan for the garden\r\n';
    const spam = `${usualHeader}\r\n${spamText}`;
    assert.deepEqual(await own.scanners.teach('spam', taughtOf(spam)), ['rspamd']);
    assert.deepEqual(await own.scanners.teach('ham', taughtOf(`${usualHeader}\r\n${hamText}`)), [
      'rspamd',
    ]);
    const { statfiles } = (await ask(rspamd, '/stat')) as Statistics;
    assert.deepEqual(
      statfiles.map(({ symbol, revision }) => `${symbol} ${revision}`).toSorted(),
      ['BAYES_HAM 1', 'BAYES_SPAM 1'],
      JSON.stringify(statfiles),
    );
  });

  test('without its password nothing is learned, and nobody is held up', async () => {
    await using own = scannersFor({ rspamd: rspamd.tcp, rspamdController: rspamd.controller });
    assert.deepEqual(await own.scanners.teach('spam', taughtOf(`${usualHeader}\r\nx\r\n`)), []);
    assert.deepEqual(
      own.events.map((one) => one.name === 'scanner.taught' && one.outcome),
      ['failed'],
    );
  });
});
