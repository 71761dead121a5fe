// The power fails right after an append was acknowledged.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { powerCut, powerCutProblem } from '../../../test/kit/power-cut.ts';
import { addPeople, messagesIn, messageTo, openStore, readUidList } from './store-for-tests.ts';

const skip = (await powerCutProblem()) ?? false;
const cuts = Number(process.env['RESTANTE_CUTS'] ?? 10);

test(
  `${cuts} power cuts, each right after an acknowledgement: the message, its UID and its account survive`,
  { skip },
  async () => {
    await using disk = await powerCut({ sizeMiB: 32 });
    const dir = join(disk.mountPoint, 'store');
    await using store = openStore(dir);
    for (let cut = 0; cut < cuts; cut += 1) {
      // New people in every second round: making a mailbox has more directories to lose.
      const local = `ana${Math.trunc(cut / 2)}`;
      if (store.accounts.account(`${local}@example.test`) === undefined)
        await addPeople(store, local);
      const request = messageTo(local, `m${cut}`);
      const answer = await store.append(request);
      await using after = await disk.cut();
      const found = join(after.mountPoint, 'store');
      const maildir = join(found, 'mail', 'example.test', local, 'Maildir');
      const name = (await messagesIn(maildir)).find((one) => one.includes(`.m${cut}.`)) ?? '';
      assert.notEqual(name, '', `m${cut} was acknowledged and is lost`);
      const bytes = await readFile(join(maildir, 'new', name));
      assert.ok(
        request.body.kind === 'bytes' &&
          bytes.equals(Buffer.concat([Buffer.from(request.prefix), request.body.bytes])),
      );
      const { lines } = await readUidList(maildir);
      assert.equal(
        lines.find((line) => line.name === name)?.uid,
        answer.kind === 'stored' ? answer.uid : 0,
      );
      await using restarted = openStore(found);
      assert.deepEqual(await restarted.append(request), { ...answer, wasThere: true });
    }
  },
);
