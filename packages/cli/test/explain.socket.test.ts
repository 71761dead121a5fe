// explain against two sites that answer and one that does not: whatever a stranger wrote is explained or said not to be known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './in-process.ts';
import { judgingCluster } from './judging-cluster.ts';

test('a reply is explained by its check, with the reasons of the site that decided', async () => {
  await using cluster = await judgingCluster();
  cluster.us.decisions.push({
    atMs: Date.now(),
    site: 'us',
    id: '01JDECISION0000000000000000',
    stage: 'rcpt',
    action: 'refuse',
    clientAddress: '192.0.2.7',
    helo: 'mail.far.test',
    sender: 'x\u009b2J@far.test',
    recipients: ['ana@us.example'],
    reasons: [{ check: 'spf', detail: 'SPF fail of far.test about 192.0.2.7\u001b[2J', points: 4 }],
    reply: '550 5.7.23 SPF: no [spf 01JDECISION0000000000000000]',
  });
  const bounce = '550 5.7.23 SPF: no [spf 01JDECISION0000000000000000]';
  const { stdout } = await run(['explain', bounce, '--lang', 'en', '--dir', cluster.dir]);
  assert.match(stdout, /at us: refuse, from 192\.0\.2\.7/);
  assert.match(stdout, /\nspf: .*\n {2}What to do: /);
  assert.doesNotMatch(stdout, /[\u001b\u009b]/, 'a stranger does not move our cursor');
});

for (const word of ['constructor', 'valueof', 'no-such-check'])
  test(`a check nobody has is not explained: ${word}`, async () => {
    await using cluster = await judgingCluster();
    const at = ['--dir', cluster.dir];
    const { stdout, stderr } = await run(['explain', `550 no [${word} 01JDECISION]`, ...at]);
    assert.doesNotMatch(`${stdout}${stderr}`, /TypeError|undefined/);
  });
