// What a thousand phones that wait for mail cost: resident memory of the whole node with that many connections in IDLE.
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { startCluster } from '../../kit/cluster.ts';
import { ImapClient } from './imap-client.ts';

export interface IdlingResult {
  readonly connections: number;
  readonly residentMiB: number;
  /** Of a node nobody talks to. */
  readonly emptyMiB: number;
}

export async function benchIdling({
  connections,
}: {
  readonly connections: number;
}): Promise<IdlingResult> {
  await using cluster = await startCluster();
  const site = cluster.site('shanghai');
  const person = cluster.endpoints.accounts.find((account) => account.site === 'shanghai');
  const emptyMiB = await residentMiB(site.pid);
  const clients: ImapClient[] = [];
  await using stack = new AsyncDisposableStack();
  for (let number = 0; number < connections; number += 1) {
    const client = stack.use(await ImapClient.open(site.imaps ?? '', { isTls: true }));
    await client.say(`LOGIN "${person?.address ?? ''}" "${person?.password ?? ''}"`);
    await client.say('SELECT INBOX');
    await client.idle();
    clients.push(client);
  }
  // They are idle: what logging in took has been given back within half a minute.
  await setTimeout(45_000);
  return { connections: clients.length, residentMiB: await residentMiB(site.pid), emptyMiB };
}

async function residentMiB(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
