// The product in one story: a real Postfix with the domain's MX list delivers letters while the home is killed in the
// middle; the backup takes over with an honest 250, refuses strangers' guesses, and brings everything home by itself.
// And the same the other way round at the same time.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { Dialogue, numberedLetter } from '../kit/dialogue.ts';
import { numberFrom, report } from '../kit/findings.ts';
import { postfixMissing, startPostfix, type Postfix } from '../kit/postfix.ts';
import { temporaryDirectory } from '../kit/temporary-directory.ts';
import { until } from '../kit/until.ts';

const letters = numberFrom('RESTANTE_LETTERS', 500);
const skip = postfixMissing() ?? false;

test(
  `Postfix as the stranger: ${letters} letters each way, both homes killed in the middle, every letter home once`,
  { skip },
  async (t) => {
    await using dir = await temporaryDirectory();
    await using cluster = await startCluster();
    const shanghai = cluster.site('shanghai');
    const us = cluster.site('us');
    await using toShanghai = await startPostfix({
      dir: join(dir.path, 'a'),
      nextHops: [shanghai.smtp, us.smtp],
    });
    await using toUs = await startPostfix({
      dir: join(dir.path, 'b'),
      nextHops: [us.smtp, shanghai.smtp],
    });

    // One home after the other is away, each while letters for it are on their way.
    await drill(cluster, { home: 'shanghai', backup: 'us', stranger: toShanghai, prefix: 'cn' });
    await drill(cluster, { home: 'us', backup: 'shanghai', stranger: toUs, prefix: 'us' });
    report(t, { 'letters each way': letters, lost: 0, twice: 0 });
  },
);

interface Drill {
  readonly home: string;
  readonly backup: string;
  readonly stranger: Postfix;
  readonly prefix: string;
}

async function drill(cluster: Cluster, { home, backup, stranger, prefix }: Drill): Promise<void> {
  const to = cluster.accountAt(home);
  const domain = to.slice(to.indexOf('@') + 1);
  const letter = (number: number) =>
    numberedLetter(`${prefix}-${number}`, { from: 'sender@stranger.test', to });

  const sending = sendAll(stranger, letters, letter);
  await until(async () => (await homeCount(cluster, home, prefix)) > letters / 5, {
    what: 'a fifth of the letters is home',
  });
  await cluster.kill(home);

  // Law 4: while the home is away, its backup still knows who does not exist there.
  await using guess = await Dialogue.open(cluster.site(backup).smtp);
  await guess.say('EHLO guess.test');
  await guess.say('MAIL FROM:<x@stranger.test>');
  const refusal = await guess.say(`RCPT TO:<nobody-here@${domain}>`);
  assert.equal(refusal.code, 550, refusal.text);
  assert.match(refusal.text, /5\.1\.1/);

  await sending;
  // Postfix has everything; what failed at the instant of the kill waits in its queue for the next try.
  await until(
    async () => {
      const left = await stranger.queued();
      if (left > 0) await stranger.flush();
      return left === 0;
    },
    { what: 'the stranger has handed over everything', deadlineMs: 120_000, everyMs: 500 },
  );
  await cluster.start(home);
  await until(async () => (await cluster.waiting(backup)) === 0, {
    what: 'the backup has drained',
    deadlineMs: 120_000,
    everyMs: 200,
  });
  await until(async () => (await cluster.waiting(home)) === 0, {
    what: 'the home has delivered',
    deadlineMs: 60_000,
    everyMs: 200,
  });

  const mails = (await cluster.maildirs(home)).filter(
    (mail) => mail.header('X-Number')?.startsWith(prefix) === true,
  );
  const byNumber = Map.groupBy(mails, (mail) => mail.header('X-Number') ?? '');
  const twice = [...byNumber].filter(([, copies]) => copies.length > 1).map(([number]) => number);
  assert.deepEqual(twice, [], 'no letter came twice');
  assert.equal(byNumber.size, letters, 'no letter is lost');
  for (let number = 0; number < letters; number += 1) {
    const expected = letter(number).data;
    const body = expected.slice(expected.indexOf('\r\n\r\n') + 4);
    assert.equal(
      (byNumber.get(`${prefix}-${number}`)?.[0]?.body ?? '').trimEnd(),
      body,
      `body of letter ${number} is byte-identical`,
    );
  }
}

async function sendAll(
  stranger: Postfix,
  count: number,
  letter: (number: number) => ReturnType<typeof numberedLetter>,
): Promise<void> {
  const sessions = 5;
  await Promise.all(
    Array.from({ length: sessions }, async (_, session) => {
      await using dialogue = await Dialogue.open(stranger.endpoint);
      await dialogue.say('EHLO client.test');
      for (let number = session; number < count; number += sessions) {
        const replies = await dialogue.send(letter(number));
        assert.equal(replies.at(-1)?.code, 250, JSON.stringify(replies.at(-1)));
      }
    }),
  );
}

async function homeCount(cluster: Cluster, home: string, prefix: string): Promise<number> {
  return (await cluster.maildirs(home)).filter(
    (mail) => mail.header('X-Number')?.startsWith(prefix) === true,
  ).length;
}
