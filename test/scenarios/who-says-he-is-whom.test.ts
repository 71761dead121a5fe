// Who a stranger says he is, and what his domain says to that: SPF, DKIM, DMARC and ARC at both doors; mail in our own name that is not
// ours is refused at home and at backup, with care for mailing lists and for whom somebody here has allowed (mission R10, threats 27-30).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  askDkimpy,
  keyText,
  recordsOf,
  testKey,
  withDkimpy,
} from '../../packages/dkim/test/dkimpy.ts';
import { signedBy } from '../../packages/dkim/test/reference-signer.ts';
import type { Reply } from '../kit/dialogue.ts';
import { namedHost, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { personAt } from '../kit/person.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { submit, whyNoCurl } from '../kit/submit.ts';
import { until } from '../kit/until.ts';

const permitted = '127.0.0.10';
const other = '127.0.0.11';
const doors = ['shanghai', 'us'] as const;
const signs = testKey('signs.test', 'k1', 'ed25519-sha256');
const sealer = testKey('lists.test', 'k1', 'rsa-sha256');

let laboratory: Laboratory;
before(async () => {
  const keys = Object.entries(recordsOf([signs, sealer]));
  laboratory = await startLaboratory({
    zone: {
      ...namedHost('mail.stranger.test', permitted),
      'stranger.test': { TXT: [[`v=spf1 ip4:${permitted} -all`]] },
      'service.test': { TXT: [[`v=spf1 ip4:${permitted} -all`]] },
      'soft.test': { TXT: [['v=spf1 ~all']] },
      'broken.test': { TXT: [['v=spf1 include:broken.test']] },
      'strict.test': { TXT: [[`v=spf1 ip4:${permitted} -all`]] },
      '_dmarc.strict.test': { TXT: [['v=DMARC1; p=reject']] },
      '_dmarc.careful.test': { TXT: [['v=DMARC1; p=quarantine']] },
      '_dmarc.signs.test': { TXT: [['v=DMARC1; p=reject']] },
      ...Object.fromEntries(
        keys.map(([name, value]) => [name, { TXT: [value.match(/.{1,255}/g) ?? []] }]),
      ),
    },
    settings: '[judging]\ntrusted_sealers = ["lists.test"]\n',
    atSite: { us: '[site.judging]\nspf_on_fail = "refuse"\n' },
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

const home = () => laboratory.cluster.accountAt('shanghai');

interface Offer {
  readonly address: string;
  readonly from: string;
  readonly data: string;
  /** Default: somebody of the gentle home. */
  readonly to?: string;
}

function offer(
  door: (typeof doors)[number],
  { address, from, data, to = home() }: Offer,
): Promise<Reply> {
  return bring(laboratory.cluster.site(door).smtp, { address, from, to, data });
}

async function resultsOf(id: string): Promise<string> {
  const mail = await arrived(laboratory.cluster, 'shanghai', id);
  const fields = fieldsOf(mail, 'Authentication-Results');
  assert.equal(fields.length, 1, fields.join('\n'));
  return fields[0] ?? '';
}

const outcomes = [
  { result: 'pass', from: 'x@stranger.test', address: permitted },
  { result: 'softfail', from: 'x@soft.test', address: permitted },
  { result: 'permerror', from: 'x@broken.test', address: permitted },
  { result: 'none', from: 'x@silent.test', address: permitted },
] as const;
for (const { result, from, address } of outcomes) {
  test(`SPF ${result} is written down at either door, and the mail is taken (RFC 7208 §2.6)`, async () => {
    for (const door of doors) {
      const id = `spf-${result}-${door}`;
      const reply = await offer(door, { address, from, data: written({ id, from, to: home() }) });
      assert.equal(reply.code, 250, reply.text);
      assert.match(
        await resultsOf(id),
        new RegExp(`^[^;]*mx\\.${door}\\.example;.*spf=${result} `),
      );
    }
  });
}

test('SPF fail weighs for people of the gentle home and refuses for those of the strict one, whichever door is tried (RFC 7208 §8.4)', async () => {
  const from = 'x@stranger.test';
  for (const door of doors) {
    const id = `spf-fail-${door}`;
    const gentle = await offer(door, {
      address: other,
      from,
      data: written({ id, from, to: home() }),
    });
    assert.equal(gentle.code, 250, gentle.text);
    assert.match(await resultsOf(id), /spf=fail/);
    const strict = await offer(door, {
      address: other,
      from,
      to: laboratory.cluster.accountAt('us'),
      data: 'never sent',
    });
    assert.equal(strict.code, 550, door);
    assert.match(strict.text, /5\.7\.23 SPF: stranger\.test does not let 127\.0\.0\.11/);
  }
});

test('what fails DMARC is refused where its domain asks for that, marked where it asks for less, at either door (RFC 9989 §5.3)', async () => {
  for (const door of doors) {
    const from = 'x@silent.test';
    const rejected = await offer(door, {
      address: other,
      from,
      data: written({ id: 'rejected', from: 'boss@strict.test', to: home() }),
    });
    assert.equal(rejected.code, 550, rejected.text);
    assert.match(rejected.text, /5\.7\.1 strict\.test asks .*DMARC/);
    const id = `quarantined-${door}`;
    const marked = await offer(door, {
      address: other,
      from,
      data: written({ id, from: 'boss@careful.test', to: home() }),
    });
    assert.equal(marked.code, 250, marked.text);
    assert.match(await resultsOf(id), /dmarc=fail/);
    assert.match((await arrived(laboratory.cluster, 'shanghai', id)).path, /\.Junk\//);
  }
});

test('a signature of the domain in From passes DMARC from any address; one bit less does not (RFC 6376, RFC 9989)', async () => {
  for (const door of doors) {
    const id = `signed-${door}`;
    const from = 'ann@signs.test';
    const plain = `${written({ id, from, to: home(), text: 'Agreed: 100.' })}\r\n`;
    const names = ['From', 'To', 'Subject', 'Date', 'Message-ID'];
    const signed = signedBy(plain, { key: signs, header: 'relaxed', body: 'relaxed', names });
    const whole = signed.replace(/\r\n$/, '');
    const bent = whole.replace('Agreed: 100.', 'Agreed: 900.');
    const refused = await offer(door, { address: other, from: 'x@silent.test', data: bent });
    assert.equal(refused.code, 550, refused.text);
    const taken = await offer(door, { address: other, from: 'x@silent.test', data: whole });
    assert.equal(taken.code, 250, taken.text);
    assert.match(await resultsOf(id), /dkim=pass[^;]*header\.d=signs\.test.*dmarc=pass/);
  }
});

test('results that somebody wrote in our name are taken out; those of others stay (RFC 8601 §5)', async () => {
  for (const door of doors) {
    const id = `forged-${door}`;
    const from = 'x@stranger.test';
    const fields = [
      'Authentication-Results: mx.us.example; spf=pass smtp.mailfrom=boss@bank.test',
      'Authentication-Results: MX.shanghai.example (really) 1;\r\n\tdkim=pass header.d=bank.test',
      'Authentication-Results: mx.stranger.test; spf=pass smtp.mailfrom=them@stranger.test',
    ];
    const data = written({ id, from, to: home(), fields });
    assert.equal((await offer(door, { address: permitted, from, data })).code, 250);
    const mail = await arrived(laboratory.cluster, 'shanghai', id);
    const names = fieldsOf(mail, 'Authentication-Results').map((line) =>
      line.split(/[:;]/)[1]?.trim(),
    );
    assert.deepEqual(names, [`mx.${door}.example`, 'mx.stranger.test']);
    assert.doesNotMatch(mail.bytes.toString('latin1'), /bank\.test/);
  }
});

test('two From fields are refused at either door (RFC 5322 §3.6, threat 28)', async () => {
  for (const door of doors) {
    const from = 'x@stranger.test';
    const fields = ['From: <boss@bank.test>'];
    const data = written({ id: 'two', from, to: home(), fields });
    const reply = await offer(door, { address: permitted, from, data });
    assert.equal(reply.code, 554, reply.text);
    assert.match(reply.text, /5\.6\.0 .*2 From fields/);
  }
});

const forgeries = [
  (own: string) => `From: <${own}>`,
  (own: string) => `From: "The Boss" <${own.toUpperCase()}>`,
  (own: string) => `From: friend@elsewhere.test, ${own}`,
  (own: string) => `From: =?utf-8?q?Boss?= (hello)\r\n\t<${own}>`,
];
for (const [index, forgery] of forgeries.entries()) {
  test(`mail in our own name from a stranger is refused at home and at backup (R10), spelling ${index + 1}`, async () => {
    for (const door of doors) {
      const from = 'x@stranger.test';
      const data = written({ id: 'own', from, to: home() }).replace(/^From: .*$/m, forgery(home()));
      const reply = await offer(door, { address: permitted, from, data });
      assert.equal(reply.code, 550, reply.text);
      assert.match(
        reply.text,
        /5\.7\.1 Mail from shanghai\.example must come from its own servers/,
      );
    }
  });
}

/** What one of us wrote to a mailing list, as it left us: signed. */
async function sentByUs(subject: string): Promise<string> {
  const { cluster } = laboratory;
  const { exitCode, dialogue } = await submit(cluster, {
    site: 'shanghai',
    to: cluster.accountAt('us'),
    message: `From: <${home()}>\r\nTo: list@lists.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@shanghai.example>\r\n\r\nHello, list.\r\n`,
  });
  assert.equal(exitCode, 0, dialogue);
  const mail = await until(
    async () => (await cluster.maildirs('us')).find((each) => each.header('Subject') === subject),
    { what: 'it left us', deadlineMs: 60_000 },
  );
  const text = mail.bytes.toString('latin1');
  return text.slice(text.indexOf('DKIM-Signature:')).replace(/\r\n$/, '');
}

const fromList = { address: other, from: 'list-bounces@lists.test' };
const withFooter = (text: string) => `${text}\r\n-- \r\nThe list of lists`;

test(
  'mail of ours that comes back from a mailing list is taken while our signature holds, and refused when the list changed it',
  { skip: whyNoCurl() ?? false },
  async () => {
    for (const door of doors) {
      const ours = await sentByUs(`to-the-list-by-${door}`);
      const same = await offer(door, { ...fromList, data: ours });
      assert.equal(same.code, 250, same.text);
      const changed = await offer(door, { ...fromList, data: withFooter(ours) });
      assert.equal(changed.code, 550, changed.text);
    }
  },
);

test(
  'the same mail, changed, is taken when a sealer we trust has sealed it (RFC 8617), and not when the seal is broken or unknown',
  { skip: whyNoCurl() ?? withDkimpy.skip },
  async () => {
    for (const door of doors) {
      const ours = await sentByUs(`sealed-by-${door}`);
      const found = 'Authentication-Results: lists.test; dkim=pass header.d=shanghai.example\r\n';
      const message = `${found}${withFooter(ours)}\r\n`;
      const sealedBy = (server: string) => {
        const [seal = ''] = askDkimpy(
          [
            {
              do: 'arc-sign',
              message: message.replace('lists.test', server),
              selector: 'k1',
              domain: sealer.domain,
              key: keyText(sealer),
              server,
            },
          ],
          {},
        );
        assert.match(seal, /^ARC-Seal:/m);
        return `${seal}${message}`.replace(/\r\n$/, '');
      };
      const sealed = sealedBy('lists.test');
      const broken = sealed.replace('Hello, list.', 'Goodbye, list.');
      const refused = await offer(door, { ...fromList, data: broken });
      assert.equal(refused.code, 550, refused.text);
      const taken = await offer(door, { ...fromList, data: sealed });
      assert.equal(taken.code, 250, taken.text);
    }
  },
);

test('whom somebody here has allowed is taken in our own name too, at both sites, once SPF shows that it is he', async () => {
  const { cluster } = laboratory;
  const from = 'robot@service.test';
  const letter = (id: string, address: string) => ({
    address,
    from,
    data: written({ id, from: home(), to: home() }),
  });
  for (const door of doors) assert.equal((await offer(door, letter('no', permitted))).code, 550);
  const { code, stderr } = await cluster.cli('allow', 'add', from, '--reason', 'our own shop');
  assert.equal(code, 0, stderr);
  for (const door of doors) {
    const id = `allowed-${door}`;
    const reply = await offer(door, letter(id, permitted));
    assert.equal(reply.code, 250, reply.text);
    assert.match((await arrived(cluster, 'shanghai', id)).path, /\/new\//);
    assert.equal((await offer(door, letter('borrowed', other))).code, 550);
  }
});

test('one of us still writes to the other home', async () => {
  const { address } = personAt(laboratory.cluster, 'shanghai');
  assert.ok((await sentByUs('still-writing')).includes(address));
});
