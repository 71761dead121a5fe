// Debian's spamd, rspamd and clamd behind two real sites: the gentle one marks and files what the strict one refuses; a virus is refused
// while whoever brings it is on the line; a scanner that was killed costs nobody his mail (mission R7, R12, threats 17 and 18).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Reply } from '../kit/dialogue.ts';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import type { FoundMail } from '../kit/maildir.ts';
import {
  eicar,
  gtube,
  startClamd,
  startRspamd,
  startSpamd,
  whyNot,
  type ScannerDaemon,
} from '../kit/scanner-daemons.ts';
import { openImap, personAt } from '../kit/person.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

const sites = ['shanghai', 'us'] as const;
type Site = (typeof sites)[number];
const spamTest = `Buy now.\r\n${gtube}`;

async function offer(
  { cluster }: Laboratory,
  door: Site,
  letter: { readonly id: string; readonly home: Site; readonly text: string },
): Promise<Reply> {
  const from = 'x@stranger.test';
  const to = cluster.accountAt(letter.home);
  const { id, text } = letter;
  const fields = ['Received: from a.test by b.test; Sun, 22 Nov 2026 11:59:00 +0000'];
  const data = written({ id, from, to, text, fields });
  return bring(cluster.site(door).smtp, { address: '127.0.0.10', from, to, data });
}

function assertMarked(mail: FoundMail, id: string, by: RegExp): void {
  assert.deepEqual(fieldsOf(mail, 'Subject'), [`Subject: :SPAM: ${id}`]);
  assert.match(mail.path, /\.Junk\/(new|cur)\//);
  assert.match(fieldsOf(mail, 'X-Spam-Status')[0] ?? '', by);
}

/** Shanghai gentle, the US strict. */
const strictUs = '[site.scanners]\nSCANNER = "ADDRESS"\nrefuse_score = 15\n';

for (const { scanner, start } of [
  { scanner: 'spamd', start: startSpamd },
  { scanner: 'rspamd', start: startRspamd },
] as const) {
  describe(`${scanner} behind two sites`, { skip: whyNot(scanner) }, () => {
    const daemons: Partial<Record<Site, ScannerDaemon>> = {};
    let laboratory: Laboratory;
    before(async () => {
      daemons.shanghai = await start('limited');
      daemons.us = await start('strict');
      laboratory = await startLaboratory({
        atSite: {
          shanghai: `[site.scanners]\n${scanner} = "${daemons.shanghai.address}"\n`,
          us: strictUs.replace('SCANNER', scanner).replace('ADDRESS', daemons.us.address),
        },
      });
    });
    after(async () => {
      await laboratory?.[Symbol.asyncDispose]();
      for (const daemon of Object.values(daemons)) await daemon[Symbol.asyncDispose]();
    });

    test('what is certainly spam is marked and filed to Junk for people of the gentle home, whichever door it came to', async () => {
      for (const door of sites) {
        const id = `gentle-${door}`;
        const letter = { id, home: 'shanghai', text: spamTest } as const;
        const reply = await offer(laboratory, door, letter);
        assert.equal(reply.code, 250, reply.text);
        assertMarked(await arrived(laboratory.cluster, 'shanghai', id), id, /definite.*spam-score/);
      }
    });

    test('and refused for people of the strict one, at both doors', async () => {
      for (const door of sites) {
        const letter = { id: 'strict', home: 'us', text: spamTest } as const;
        const reply = await offer(laboratory, door, letter);
        assert.equal(reply.code, 550, reply.text);
        assert.match(reply.text, /5\.7\.1 .*spam .*\[spam-score /);
      }
    });

    test('an ordinary letter is not touched', async () => {
      for (const door of sites) {
        const id = `soup-${door}`;
        const reply = await offer(laboratory, door, { id, home: 'us', text: 'Soup at one?' });
        assert.equal(reply.code, 250, reply.text);
        const mail = await arrived(laboratory.cluster, 'us', id);
        assert.deepEqual(fieldsOf(mail, 'Subject'), [`Subject: ${id}`]);
        assert.doesNotMatch(mail.path, /Junk/);
      }
    });

    // Lessons for rspamd go to its controller: packages/scanners shows those.
    if (scanner === 'spamd')
      test('who moves a letter into Junk, and out of it again, teaches it twice', async () => {
        const { cluster } = laboratory;
        const person = personAt(cluster, 'us');
        const taught = (outcome: string) =>
          `restante_scanner_lessons_total{scanner="spamd",outcome="${outcome}"}`;
        const text = 'Cheap pills today, quickly, from our pharmacy of trust.';
        const reply = await offer(laboratory, 'us', { id: 'pills', home: 'us', text });
        assert.equal(reply.code, 250, reply.text);
        await arrived(cluster, 'us', 'pills');
        const ca = await readFile(cluster.endpoints.ca, 'utf8');
        const client = await openImap(cluster, person, ca);
        try {
          for (const [from, to, lessons] of [
            ['INBOX', 'Junk', 1],
            ['Junk', 'INBOX', 2],
          ] as const) {
            await client.mailboxOpen(from);
            const moved = await client.messageMove({ header: { subject: 'pills' } }, to);
            assert.ok(moved !== false, `${from} to ${to}`);
            await until(async () => (await cluster.metric('us', taught('learned'))) === lessons, {
              what: `spamd has learned ${lessons} times`,
            });
          }
        } finally {
          await client.logout();
        }
      });

    test('a scanner that is killed costs nobody his mail: it is taken, noted and counted', async () => {
      await daemons.us?.[Symbol.asyncDispose]();
      for (let number = 0; number < 5; number += 1) {
        const id = `unscanned-${number}`;
        const reply = await offer(laboratory, 'us', { id, home: 'us', text: spamTest });
        assert.equal(reply.code, 250, reply.text);
        const mail = await arrived(laboratory.cluster, 'us', id);
        assert.match(fieldsOf(mail, 'X-Spam-Status')[0] ?? '', /^X-Spam-Status: no.*scanner-down/);
      }
      const series = `restante_scanner_changes_total{scanner="${scanner}",to="left-alone"}`;
      assert.equal(await laboratory.cluster.metric('us', series), 1);
    });
  });
}

describe('clamd behind two sites', { skip: whyNot('clamd') }, () => {
  let clamd: ScannerDaemon;
  let laboratory: Laboratory;
  before(async () => {
    clamd = await startClamd();
    laboratory = await startLaboratory({ settings: `[scanners]\nclamd = "${clamd.address}"\n` });
  });
  after(async () => {
    await laboratory?.[Symbol.asyncDispose]();
    await clamd?.[Symbol.asyncDispose]();
  });

  test('a virus is refused at DATA at both doors, in the text and in an attachment, for postmaster too', async () => {
    const attached = `--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(eicar).toString('base64')}\r\n--b--`;
    for (const door of sites)
      for (const text of [`look:\r\n${eicar}`, `${'x'.repeat(70)}\r\n`.repeat(10_000) + eicar]) {
        const reply = await offer(laboratory, door, { id: 'virus', home: 'us', text });
        assert.equal(reply.code, 554, reply.text);
        assert.match(reply.text, /5\.7\.1 A virus was found .*Restante\.Test\.Eicar/);
      }
    for (const door of sites) {
      const from = 'x@stranger.test';
      const to = 'postmaster@us.example';
      const fields = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'];
      const data = written({ id: 'attached', from, to, fields, text: attached });
      const { smtp } = laboratory.cluster.site(door);
      const reply = await bring(smtp, { address: '127.0.0.10', from, to, data });
      assert.equal(reply.code, 554, reply.text);
    }
  });

  test('what is clean passes, and so does everything once clamd is killed, with a note', async () => {
    const clean = await offer(laboratory, 'us', { id: 'clean', home: 'us', text: 'Soup?' });
    assert.equal(clean.code, 250, clean.text);
    await clamd[Symbol.asyncDispose]();
    const unscanned = await offer(laboratory, 'us', { id: 'unscanned', home: 'us', text: eicar });
    assert.equal(unscanned.code, 250, unscanned.text);
    const mail = await arrived(laboratory.cluster, 'us', 'unscanned');
    assert.match(fieldsOf(mail, 'X-Spam-Status')[0] ?? '', /scanner-down/);
  });
});
