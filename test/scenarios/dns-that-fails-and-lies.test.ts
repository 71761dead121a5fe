// DNS on a bad day, at the edge of both sites: answers that must be asked for again over TCP, forged ones that come first, servers that
// fail. What can be found out is found out; what cannot is "could not find out" and never "no": nobody is refused, marked or believed
// for it (RFC 7208 §2.6.6, RFC 6376 §6.1.2, RFC 5452 §9.1).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { recordsOf, testKey } from '../../packages/dkim/test/dkimpy.ts';
import { signedBy } from '../../packages/dkim/test/reference-signer.ts';
import type { DnsFate } from '../kit/dns-line.ts';
import { addressList, namedHost, startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';

const sites = ['shanghai', 'us'] as const;
const permitted = '127.0.0.10';
const other = '127.0.0.11';
const listed = '127.0.0.66';
const key = testKey('signs.test', 'k1', 'rsa-sha256');

let laboratory: Laboratory;
before(async () => {
  const keys = Object.entries(recordsOf([key]));
  laboratory = await startLaboratory({
    zone: {
      ...namedHost('mail.stranger.test', permitted),
      'signs.test': { TXT: [[`v=spf1 ip4:${permitted} -all`]] },
      '_dmarc.signs.test': { TXT: [['v=DMARC1; p=reject']] },
      ...addressList('bl.lab.test', { [listed]: '127.0.0.2' }),
      ...Object.fromEntries(
        keys.map(([name, value]) => [name, { TXT: [value.match(/.{1,255}/g) ?? []] }]),
      ),
    },
    lists: 'address_lists = ["bl.lab.test 6"]',
    settings: '[judging]\nspf_on_fail = "refuse"\nreverse_name = "refuse"\n',
  });
});
after(async () => laboratory?.[Symbol.asyncDispose]());

const home = () => laboratory.cluster.accountAt('shanghai');

async function offer(site: (typeof sites)[number], id: string, address: string) {
  const from = 'ann@signs.test';
  const plain = `${written({ id, from, to: home() })}\r\n`;
  const names = ['From', 'To', 'Subject', 'Date', 'Message-ID'];
  const data = signedBy(plain, { key, header: 'relaxed', body: 'relaxed', names });
  const { smtp } = laboratory.cluster.site(site);
  const reply = await bring(smtp, { address, from, to: home(), data: data.replace(/\r\n$/, '') });
  return reply;
}

async function resultsOf(id: string): Promise<string> {
  const mail = await arrived(laboratory.cluster, 'shanghai', id);
  assert.match(mail.path, /\/new\//);
  return fieldsOf(mail, 'Authentication-Results').join('\n');
}

/** Of the strangers only: the sites still find each other. */
async function withFate(fate: DnsFate, work: () => Promise<void>): Promise<void> {
  const before = laboratory.dnsLine.troubled;
  // What was remembered has gone after a second.
  await pause(1_200);
  laboratory.dnsLine.fateOf = (name) =>
    /(signs|stranger|lab)\.test$|\.arpa$/.test(name) ? fate : 'answered';
  try {
    await work();
    assert.ok(laboratory.dnsLine.troubled > before, 'DNS was asked');
  } finally {
    laboratory.dnsLine.fateOf = () => 'answered';
  }
}

for (const [fate, words] of [
  ['answered', 'as it should be'],
  ['cut', 'cut short, so that TCP has to be used (RFC 7766)'],
  ['forged', 'behind forged ones'],
] as const) {
  test(`answers ${words}: who is himself is himself, who is not is refused, who is listed too`, async () => {
    const judgeAll = async () => {
      for (const site of sites) {
        const id = `${fate}-${site}`;
        const reply = await offer(site, id, permitted);
        assert.equal(reply.code, 250, reply.text);
        const results = await resultsOf(id);
        assert.match(results, /iprev=pass.*spf=pass.*dkim=pass.*dmarc=pass/);
        const denied = await offer(site, 'denied', other);
        assert.equal(denied.code, 550, denied.text);
        const onList = await offer(site, 'on-list', listed);
        assert.match(onList.text, /listed by bl\.lab\.test|SPF/);
        assert.equal(onList.code, 550, onList.text);
      }
    };
    if (fate === 'answered') await judgeAll();
    else await withFate(fate, judgeAll);
  });
}

test('servers that fail (SERVFAIL): nobody is refused, marked or believed for it', async () => {
  await withFate('fails', async () => {
    for (const site of sites)
      for (const address of [permitted, other, listed]) {
        const id = `fails-${site}-${address.split('.').at(-1)}`;
        const reply = await offer(site, id, address);
        assert.equal(reply.code, 250, reply.text);
        const results = await resultsOf(id);
        assert.match(results, /iprev=temperror.*spf=temperror.*dkim=temperror.*dmarc=temperror/);
        assert.doesNotMatch(results, /=(fail|pass)/);
      }
  });
});
