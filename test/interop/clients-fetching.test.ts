// fetchmail, getmail and mpop against a site as npm start makes it, over TLS: leaving mail on the server means each message
// once, deleting means gone, and a client that leaves does not disturb one that deletes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fetchingPrograms } from '../../packages/pop3/test/fetching-programs.ts';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { personAt, portOf, writeTo } from '../kit/person.ts';
import { until } from '../kit/until.ts';

let cluster: Cluster;

before(async () => (cluster = await startCluster()));
after(async () => cluster[Symbol.asyncDispose]());

for (const [index, program] of fetchingPrograms.entries()) {
  const skip = program.isHere ? false : `${program.name} is not installed`;
  test(
    `${program.name} leaves mail on the server, fetches each message once across a restart of the site, then deletes`,
    { skip },
    async () => {
      const person = personAt(cluster, 'shanghai', index);
      const name = person.address.split('@')[0] ?? '';
      const onServer = async () => {
        const mails = await cluster.maildirs('shanghai');
        return mails.filter(
          ({ path }) =>
            path.includes(`/${name}/Maildir/new/`) || path.includes(`/${name}/Maildir/cur/`),
        ).length;
      };
      await using client = await program.open({
        port: portOf(cluster.site('shanghai').pop3s),
        user: person.address,
        password: person.password,
      });
      const fetched = async () => (await client.mail()).map(subjectOf).toSorted();
      await writeTo(cluster, person, 'one');
      await writeTo(cluster, person, 'two', '.dot\r\n..two\r\n\r\nend');
      await until(async () => (await onServer()) === 2, { what: 'both are in the mailbox' });
      await client.fetch('leave');
      await client.fetch('leave');
      assert.deepEqual(await fetched(), ['one', 'two']);
      assert.equal(await onServer(), 2);

      // UIDL has to be the same for ever, also from a process that knows nothing but the disk.
      await cluster.kill('shanghai');
      await cluster.start('shanghai');
      await writeTo(cluster, person, 'three');
      await until(async () => (await onServer()) === 3, { what: 'the third is in the mailbox' });
      await client.fetch('leave');
      assert.deepEqual(await fetched(), ['one', 'three', 'two']);
      const two = (await client.mail()).find((text) => subjectOf(text) === 'two') ?? '';
      assert.match(two.replaceAll('\r\n', '\n'), /\n\n\.dot\n\.\.two\n\nend\n$/);

      await client.fetch('delete');
      await client.fetch('delete');
      await until(async () => (await onServer()) === 0, { what: 'the mailbox is empty' });
    },
  );
}

function subjectOf(text: string): string {
  return /^Subject: (.*?)\r?$/m.exec(text)?.[1] ?? '';
}
