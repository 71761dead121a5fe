// Who is a peer is decided by a certificate of the cluster's own CA, not by an address: everybody here comes from 127.0.0.1 (design §4.3).
// Without it there is no XRESTANTE, no ETRN, and nobody is spared a rule.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { makeCertificate, type Certified } from '../kit/false-papers.ts';

let cluster: Cluster;
let pki: { readonly ca: Certified; readonly us: Certified };
before(async () => {
  cluster = await startCluster();
  const read = async (name: string): Promise<Certified> => ({
    cert: await readFile(join(cluster.dir, 'pki', `${name}.crt`), 'utf8'),
    key: await readFile(join(cluster.dir, 'pki', `${name}.key`), 'utf8'),
  });
  pki = { ca: await read('ca'), us: await read('us') };
});
after(async () => {
  await cluster[Symbol.asyncDispose]();
});

test('control: the other site, with its certificate, is offered the hop and may ask for its mail (RFC 1985)', async () => {
  await using session = await encrypted({ ...pki.us });
  assert.match(await session.say('EHLO mx.us.example'), /XRESTANTE/);
  assert.match(await session.say('ETRN us.example'), /^25[1-3] /);
  // Only its own.
  assert.match(await session.say('ETRN shanghai.example'), /^4\d\d 4\.7\.1|^459 /);
});

const day = 86_400_000;
const strangers: readonly (readonly [what: string, papers: () => Promise<ConnectionOptions>])[] = [
  ['no certificate', async () => ({})],
  [
    'a certificate of another CA that claims to be the site',
    async () => {
      const otherCa = await makeCertificate({ commonName: 'demo cluster CA', isAuthority: true });
      return makeCertificate({ commonName: 'us', by: otherCa });
    },
  ],
  ['one signed by itself', async () => makeCertificate({ commonName: 'us' })],
  [
    'an expired one of our CA',
    async () => makeCertificate({ commonName: 'us', by: pki.ca, fromMs: -20 * day, toMs: -day }),
  ],
  [
    'one of our CA that is not valid yet',
    async () => makeCertificate({ commonName: 'us', by: pki.ca, fromMs: 10 * day, toMs: 20 * day }),
  ],
  [
    'one of our CA for a name that is no site',
    async () => makeCertificate({ commonName: 'tokyo', by: pki.ca }),
  ],
  [
    'one of our CA with the name of this very site',
    async () => makeCertificate({ commonName: 'shanghai', by: pki.ca }),
  ],
  [
    'one of our CA that is no site but was made by a site',
    async () => {
      // A stolen site key must not be able to make further sites.
      return makeCertificate({ commonName: 'us', by: pki.us });
    },
  ],
];
for (const [what, papers] of strangers) {
  test(`${what}: a stranger like any other`, async () => {
    await using session = await encrypted(await papers()).catch(() => refusedInHandshake);
    if (session === refusedInHandshake) return;
    assert.doesNotMatch(await session.say('EHLO mx.us.example'), /XRESTANTE/);
    assert.match(await session.say('ETRN us.example'), /^(459|5\d\d) /);
    assert.match(await session.say('MAIL FROM:<x@stranger.test> XRESTANTE=e30.AAAA'), /^555 /);
    assert.match(await session.say('MAIL FROM:<x@stranger.test>'), /^250 /);
    assert.match(await session.say('RCPT TO:<x@elsewhere.test>'), /^550 /);
  });
}

test('a note is worth nothing in another mouth: one signed by somebody else is refused even from a peer', async () => {
  await using session = await encrypted({ ...pki.us });
  await session.say('EHLO mx.us.example');
  const note = `${Buffer.from('{"messageId":"m0"}').toString('base64url')}.${Buffer.alloc(64).toString('base64url')}`;
  assert.match(
    await session.say(`MAIL FROM:<x@stranger.test> XRESTANTE=${note}`),
    /^451 4\.7\.0 XRESTANTE/,
  );
});

test('without TLS nobody is a peer (RFC 3207)', async () => {
  const [host, port] = cluster.site('shanghai').smtp.split(':');
  await using session = speak(connectTcp({ host: host ?? '', port: Number(port) }));
  await session.reply();
  assert.doesNotMatch(await session.say('EHLO mx.us.example'), /XRESTANTE/);
  assert.match(await session.say('ETRN us.example'), /^(459|5\d\d) /);
});

interface Session extends AsyncDisposable {
  reply(): Promise<string>;
  say(line: string): Promise<string>;
}

const refusedInHandshake: Session = {
  reply: () => Promise.reject(new Error('never spoke')),
  say: () => Promise.reject(new Error('never spoke')),
  [Symbol.asyncDispose]: async () => undefined,
};

async function encrypted(papers: ConnectionOptions): Promise<Session> {
  const [host = '', port] = cluster.site('shanghai').smtp.split(':');
  const plain = connectTcp({ host, port: Number(port) });
  const before = speak(plain);
  await before.reply();
  await before.say('EHLO mx.us.example');
  assert.match(await before.say('STARTTLS'), /^220 /);
  plain.removeAllListeners('data');
  const secure = connectTls({ socket: plain, rejectUnauthorized: false, ...papers });
  await once(secure, 'secureConnect');
  return speak(secure);
}

function speak(socket: TLSSocket | ReturnType<typeof connectTcp>): Session {
  let text = '';
  let isClosed = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  });
  socket
    .on('error', () => undefined)
    .on('close', () => {
      isClosed = true;
      wake();
    });
  const reply = async () => {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(text)?.[0];
      if (whole !== undefined) {
        text = text.slice(whole.length);
        return whole;
      }
      if (isClosed) throw new Error('The session ended before a reply.');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    reply,
    async say(line) {
      socket.write(`${line}\r\n`);
      return reply();
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}
