// Mail into mailboxes, durable: our site and Postfix with Dovecot's LMTP in turn, on the same disk, offered the same messages for
// the same people by the same client. Timed until the last one is in its Maildir.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster, type Cluster } from '../../kit/cluster.ts';
import { dovecotMailUid, startDovecot } from '../../kit/dovecot.ts';
import { startPostfix } from '../../kit/postfix.ts';
import { temporaryDirectory } from '../../kit/temporary-directory.ts';
import { until } from '../../kit/until.ts';
import { execFileSync } from 'node:child_process';
import { median, offer } from '../load.ts';

export interface DeliveringResult {
  readonly oursPerSecond: readonly number[];
  readonly peersPerSecond: readonly number[];
  readonly ratio: number;
}

export interface DeliveringOptions {
  readonly under: string;
  readonly rounds: number;
  readonly messages: number;
}

const people = ['ana', 'bo', 'cleo', 'dan'].map((name) => `${name}-bench@shanghai.example`);
const sessions = 20;

export async function benchDelivering({
  under,
  rounds,
  messages,
}: DeliveringOptions): Promise<DeliveringResult> {
  await using dir = await temporaryDirectory({ under });
  await using cluster = await startCluster({ under: dir.path });
  for (const address of people) await addPerson(cluster, address);
  const mailDir = join(dir.path, 'mail');
  await mkdir(mailDir);
  execFileSync('chown', [`${dovecotMailUid}:${dovecotMailUid}`, mailDir]);
  await using dovecot = await startDovecot({ dir: join(dir.path, 'dovecot'), mailDir });
  await using postfix = await startPostfix({
    dir: join(dir.path, 'postfix'),
    nextHops: [],
    settings: {
      relayhost: '',
      virtual_mailbox_domains: 'shanghai.example',
      virtual_transport: `lmtp:unix:${dovecot.lmtp}`,
      virtual_mailbox_maps: 'static:all',
    },
  });
  const site = cluster.site('shanghai');
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const our = await deliver(site.smtp, join(site.dir, 'mail'), messages);
    const their = await deliver(postfix.endpoint, mailDir, messages);
    if (round === 0) continue;
    ours.push(our);
    theirs.push(their);
  }
  return { oursPerSecond: ours, peersPerSecond: theirs, ratio: median(ours) / median(theirs) };
}

async function deliver(endpoint: string, mailDir: string, messages: number): Promise<number> {
  const before = await count(mailDir);
  const startedMs = performance.now();
  await Promise.all(
    people.map(async (to) =>
      offer({
        endpoint,
        messages: messages / people.length,
        sessions: sessions / people.length,
        sizeBytes: 4096,
        to,
      }),
    ),
  );
  await until(async () => (await count(mailDir)) >= before + messages, {
    what: 'everything is in a mailbox',
    deadlineMs: 300_000,
    everyMs: 50,
  });
  return messages / ((performance.now() - startedMs) / 1000);
}

/** Messages in all the inboxes. */
async function count(mailDir: string): Promise<number> {
  let found = 0;
  for (const address of people) {
    const [local = '', domain = ''] = address.split('@');
    const names = await readdir(join(mailDir, domain, local, 'Maildir', 'new')).catch(() => []);
    found += names.length;
  }
  return found;
}

async function addPerson(cluster: Cluster, address: string): Promise<void> {
  const { code, stderr } = await cluster.cliWithInput(
    'a long enough password\n',
    'account',
    'add',
    address,
    '--password-stdin',
  );
  if (code !== 0) throw new Error(`${address} was not added: ${stderr}`);
}
