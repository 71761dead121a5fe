// A home that comes back does not wait to be found: it asks its backup for its mail (ETRN, RFC 1985).
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { startCluster } from '../kit/cluster.ts';
import { Dialogue, numberedLetter, sendLetter } from '../kit/dialogue.ts';
import { until } from '../kit/until.ts';

test('with probes once in five minutes, the mail is home seconds after the home is back', async () => {
  await using cluster = await startCluster();
  const to = cluster.accountAt('shanghai');
  // The same two sites, with a backup that hardly ever looks.
  await cluster.kill('us');
  const { config } = cluster.site('us');
  await writeFile(
    config,
    (await readFile(config, 'utf8')).replace(/^probe_interval = .*$/m, 'probe_interval = "5min"'),
  );
  await cluster.start('us');
  await until(async () => (await cluster.peerState('us', 'shanghai')) !== 'down', {
    what: 'the backup has found the home once',
  });

  await cluster.kill('shanghai');
  for (let number = 0; number < 5; number += 1) {
    const reply = await sendLetter(
      cluster.site('us').smtp,
      numberedLetter(number, { from: 'x@stranger.test', to }),
    );
    assert.equal(reply.code, 250, reply.text);
  }
  await until(async () => (await cluster.peerState('us', 'shanghai')) !== 'up', {
    what: 'the backup has noticed',
    deadlineMs: 60_000,
  });
  await cluster.start('shanghai');
  await until(async () => (await cluster.maildirs('shanghai')).length === 5, {
    what: 'the mail is home',
    deadlineMs: 20_000,
  });
});

test('ETRN from a stranger is refused (RFC 1985 §5)', async () => {
  await using cluster = await startCluster();
  await using dialogue = await Dialogue.open(cluster.site('us').smtp);
  await dialogue.say('EHLO stranger.test');
  const reply = await dialogue.say('ETRN shanghai.example');
  assert.ok([458, 459, 530].includes(reply.code), reply.text);
});
