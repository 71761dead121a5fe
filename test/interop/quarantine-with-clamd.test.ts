// A site may keep what clamd finds instead of refusing it: nobody gets it, the operator sees it, and lets it go or not; at the home and at
// the backup, where it comes home after the release and is not kept a second time.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startLaboratory, type Laboratory } from '../kit/laboratory.ts';
import { eicar, startClamd, whyNot, type ScannerDaemon } from '../kit/scanner-daemons.ts';
import { arrived, bring, fieldsOf, written } from '../kit/stranger.ts';
import { until } from '../kit/until.ts';

interface Kept {
  readonly site: string;
  readonly id: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly heldBecause?: string;
}

describe('quarantine of what clamd found', { skip: whyNot('clamd') }, () => {
  let clamd: ScannerDaemon;
  let laboratory: Laboratory;
  before(async () => {
    clamd = await startClamd();
    const settings = `[scanners]\nclamd = "${clamd.address}"\nvirus = "quarantine"\n`;
    laboratory = await startLaboratory({ settings });
  });
  after(async () => {
    await laboratory?.[Symbol.asyncDispose]();
    await clamd?.[Symbol.asyncDispose]();
  });

  const to = () => laboratory.cluster.accountAt('shanghai');

  async function offer(door: 'shanghai' | 'us', id: string): Promise<void> {
    const from = 'x@stranger.test';
    const data = written({ id, from, to: to(), text: `look:\r\n${eicar}` });
    const { smtp } = laboratory.cluster.site(door);
    const reply = await bring(smtp, { address: '127.0.0.10', from, to: to(), data });
    assert.equal(reply.code, 250, reply.text);
  }

  async function kept(): Promise<readonly Kept[]> {
    const { code, stdout, stderr } = await laboratory.cluster.cli('quarantine', 'list', '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Kept[];
  }

  async function isDelivered(id: string): Promise<boolean> {
    const mails = await laboratory.cluster.maildirs('shanghai');
    return mails.some((mail) => mail.header('Subject') === id);
  }

  for (const door of ['shanghai', 'us'] as const) {
    test(`what comes to ${door} is kept there, with the reason, and delivered once when it is released`, async () => {
      const id = `kept-${door}`;
      await offer(door, id);
      const [row] = await until(
        async () => {
          const rows = await kept();
          return rows.length === 1 ? rows : undefined;
        },
        { what: 'it is in quarantine' },
      );
      assert.equal(row?.site, door);
      assert.deepEqual(row.recipients, [to()]);
      assert.match(row.heldBecause ?? '', /virus: clamd found Restante\.Test\.Eicar/);
      const shown = await laboratory.cluster.cli('quarantine', 'show', row.id);
      assert.match(shown.stdout, new RegExp(id));
      assert.equal(await isDelivered(id), false);

      await laboratory.cluster.kill(door);
      await laboratory.cluster.start(door);
      assert.equal((await kept()).length, 1, 'a kill changes nothing');
      const released = await laboratory.cluster.cli('quarantine', 'release', row.id);
      assert.equal(released.code, 0, released.stderr);
      const mail = await arrived(laboratory.cluster, 'shanghai', id);
      assert.equal(fieldsOf(mail, 'Authentication-Results').length, 1);
      assert.deepEqual(await kept(), []);
      for (const site of ['shanghai', 'us'])
        await until(async () => (await laboratory.cluster.waiting(site)) === 0, {
          what: `${site} has nothing left`,
        });
      const all = await laboratory.cluster.maildirs('shanghai');
      assert.equal(all.filter((each) => each.header('Subject') === id).length, 1);
    });
  }

  test('what is deleted is gone, and nobody gets a bounce', async () => {
    await offer('us', 'deleted');
    await until(async () => (await kept()).length === 1, { what: 'it is in quarantine' });
    const { code, stderr } = await laboratory.cluster.cli('quarantine', 'delete', '--all', '--yes');
    assert.equal(code, 0, stderr);
    await until(async () => (await laboratory.cluster.waiting('us')) === 0, { what: 'it is gone' });
    assert.equal(await isDelivered('deleted'), false);
    assert.equal(await laboratory.cluster.waiting('shanghai'), 0);
  });
});
