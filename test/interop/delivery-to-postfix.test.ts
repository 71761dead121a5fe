// Our client against a real Postfix as next hop: what arrives is what was sent, whichever way it went, and neither way is slow.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Envelope } from '@restante/mail-model';
import { connectSmtp } from '@restante/smtp';
import type { SmtpConnection } from '@restante/smtp';
import { postfixMissing, startPostfix } from '../kit/postfix.ts';
import type { Postfix } from '../kit/postfix.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';

const run = promisify(execFile);
const missing = postfixMissing();
const skip = missing === undefined ? {} : { skip: missing };
/** Everything stays in its queue, to be looked at. */
const keepsAll = {
  smtpd_client_restrictions: 'static:HOLD',
  // It mends what people of its own send; we are none.
  local_header_rewrite_clients: '',
  smtpd_recipient_restrictions:
    'check_recipient_access inline:{{nobody@far.test = 550 5.1.1 nobody here} {later@far.test = 450 4.2.0 later}} permit_mynetworks reject',
};

function connectTo({ endpoint }: Postfix): Promise<SmtpConnection> {
  const port = Number(endpoint.split(':')[1]);
  return connectSmtp({
    host: 'localhost',
    address: '127.0.0.1',
    port,
    protocol: 'smtp',
    helo: 'us.test',
    tls: { mode: 'none' },
  });
}

function envelopeTo(recipients: Envelope['recipients']): Envelope {
  return {
    sender: 'bo@near.test',
    recipients,
    body: '8bitmime',
    smtpUtf8: false,
    dsnReturn: 'headers',
    envelopeId: 'QQ+314=159',
  };
}

for (const way of ['BDAT', 'DATA'] as const) {
  test(
    `a Postfix that gets it by ${way} has every byte, the DSN parameters and an answer for each recipient (RFC 3030, 3461, 6152)`,
    skip,
    async () => {
      await using dir = await temporaryDirectory();
      await using postfix = await startPostfix({
        dir: dir.path,
        nextHops: ['127.0.0.1:9'],
        settings: {
          ...keepsAll,
          ...(way === 'DATA' ? { smtpd_discard_ehlo_keywords: 'chunking' } : {}),
        },
      });
      const connection = await connectTo(postfix);
      assert.equal(connection.capabilities.has('CHUNKING'), way === 'BDAT');
      for (const text of bodies) {
        const { recipients } = await connection.send({
          envelope: envelopeTo([
            {
              address: 'ana@far.test',
              notify: ['success', 'failure'],
              originalRecipient: 'rfc822;first+ana@far.test',
            },
            { address: 'nobody@far.test' },
            { address: 'later@far.test' },
          ]),
          body: { kind: 'bytes', bytes: Buffer.from(text) },
        });
        assert.deepEqual(
          recipients.map(({ reply, phase }) => `${phase} ${reply.code} ${reply.enhanced}`),
          ['end-of-data 250 2.0.0', 'rcpt 550 5.1.1', 'rcpt 450 4.2.0'],
        );
        const queued = /queued as (\w+)/.exec(recipients[0]?.reply.text ?? '')?.[1] ?? '';
        const { envelope, content } = await readQueued(dir.path, queued);
        // What Postfix put above is its own; below that, octet for octet (it keeps LF).
        assert.ok(content.endsWith(text.replaceAll('\r\n', '\n')), `${way}: ${text.length} octets`);
        assert.match(envelope, /envelope_id=QQ\+314=159\n/);
        assert.match(envelope, /ret_flags=2\n/); // HDRS
        assert.match(envelope, /notify_flags=6\n/); // SUCCESS and FAILURE
        assert.match(envelope, /dsn_orig_rcpt=rfc822;first\+ana@far\.test\n/);
        assert.match(envelope, /recipient: ana@far\.test/);
        assert.doesNotMatch(envelope, /recipient: (nobody|later)/);
      }
      await connection.close();
      assert.doesNotMatch(await postfix.log(), /warning|fatal|panic|improper/);
    },
  );
}

const bodies = [
  'Subject: dots\r\n\r\n.\r\n..\r\n.dot\r\nend\r\n.\r\n',
  'Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße, \u4f60\u597d.\r\n',
  // More than Postfix reads at once, and more than one write of ours.
  `Subject: long\r\n\r\n${`.${'x'.repeat(70)}\r\n`.repeat(8_000)}`,
  'Subject: nothing\r\n\r\n',
];

test(
  'a message by BDAT takes no longer than by DATA: nobody waits for a delayed acknowledgement',
  skip,
  async () => {
    await using dir = await temporaryDirectory();
    await using postfix = await startPostfix({
      dir: dir.path,
      nextHops: ['127.0.0.1:9'],
      settings: { relayhost: '', default_transport: 'discard', relay_transport: 'discard' },
    });
    const [byBdat, plain] = [await connectTo(postfix), await connectTo(postfix)];
    // The same server and the same hour, and yet no CHUNKING.
    const byData = Object.assign(plain, {
      capabilities: new Map([...plain.capabilities].filter(([name]) => name !== 'CHUNKING')),
    });
    const times = { bdat: [] as number[], data: [] as number[] };
    for (let turn = 0; turn < 25; turn += 1) {
      times.bdat.push(await timeOf(byBdat));
      times.data.push(await timeOf(byData));
    }
    const [bdat, data] = [median(times.bdat), median(times.data)];
    // A delayed acknowledgement is 40 ms. A busy machine makes both slow, not one.
    assert.ok(bdat < data * 2 + 15, `BDAT ${bdat.toFixed(1)} ms, DATA ${data.toFixed(1)} ms`);
    await Promise.all([byBdat.close(), byData.close()]);
  },
);

async function timeOf(connection: SmtpConnection): Promise<number> {
  const { recipients, durationMs } = await connection.send({
    envelope: envelopeTo([{ address: 'ana@far.test' }]),
    body: {
      kind: 'bytes',
      bytes: Buffer.from(`Subject: x\r\n\r\n${'y'.repeat(78)}\r\n`.repeat(90)),
    },
  });
  assert.equal(recipients[0]?.reply.code, 250);
  return durationMs;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

async function readQueued(
  dir: string,
  id: string,
): Promise<{ readonly envelope: string; readonly content: string }> {
  const cat = async (what: string) =>
    (await run('postcat', ['-c', join(dir, 'etc'), what, '-q', id], { maxBuffer: 2 ** 26 })).stdout;
  return { envelope: await cat('-e'), content: await cat('-bh') };
}
