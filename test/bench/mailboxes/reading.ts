// Reading large folders: our IMAP and Dovecot's in turn, on copies of the same Maildir, asked by the same client.
import { join } from 'node:path';
import { startCluster } from '../../kit/cluster.ts';
import { dovecotMailUid, startDovecot } from '../../kit/dovecot.ts';
import { temporaryDirectory } from '../../kit/temporary-directory.ts';
import { median } from '../load.ts';
import { ImapClient } from './imap-client.ts';
import { copyFor, makeMaildir } from './make-mailbox.ts';

export interface Compared {
  readonly oursMs: readonly number[];
  readonly dovecotMs: readonly number[];
  /** Our time as a share of Dovecot's. */
  readonly ratio: number;
}

export interface ReadingResult {
  readonly flags: Compared;
  readonly envelopes: Compared;
  readonly searches: Compared;
  /** The first opening, before there is an index. */
  readonly firstOpenMs: { readonly ours: number; readonly dovecot: number };
}

export interface ReadingOptions {
  readonly under: string;
  readonly rounds: number;
  /** In INBOX, and in the folder that is searched. */
  readonly large: number;
  readonly middle: number;
}

export async function benchReading({
  under,
  rounds,
  large,
  middle,
}: ReadingOptions): Promise<ReadingResult> {
  await using dir = await temporaryDirectory({ under });
  await using cluster = await startCluster();
  // Dovecot is asked without TLS as well: it is mailboxes that are measured.
  await cluster.reconfigure((text) =>
    text.replace('[imap]', '[imap]\nclear_text_logins = "loopback"'),
  );
  const { address, password } = person(cluster.endpoints.accounts);
  const [local = '', domain = ''] = address.split('@');
  const our = join(cluster.site('shanghai').dir, 'mail', domain, local, 'Maildir');
  await makeMaildir(our, { messages: large, sizeBytes: 1024 });
  await makeMaildir(join(our, '.Middle'), { messages: middle, sizeBytes: 4096 });
  const their = join(dir.path, 'mail', domain, local, 'Maildir');
  await copyFor(our, their, dovecotMailUid);
  await using dovecot = await startDovecot({
    dir: join(dir.path, 'dovecot'),
    mailDir: join(dir.path, 'mail'),
  });
  const clients = {
    ours: async () => login(cluster.site('shanghai').imap ?? '', address, password),
    dovecot: async () => login(dovecot.imap, address, 'secret'),
  };
  const firstOpenMs = { ours: await open(clients.ours), dovecot: await open(clients.dovecot) };

  const both = async (work: (client: ImapClient, round: number) => Promise<number>) =>
    compare(clients, rounds, work);
  return {
    firstOpenMs,
    flags: await both(async (client) => {
      const select = await client.say('SELECT INBOX');
      const fetch = await client.say('FETCH 1:* (FLAGS)');
      await client.say('CLOSE');
      return select.durationMs + fetch.durationMs;
    }),
    envelopes: await both(async (client) => {
      await client.say('EXAMINE Middle');
      return (await client.say('FETCH 1:* (ENVELOPE)')).durationMs;
    }),
    searches: await both(async (client, round) => {
      await client.say('EXAMINE Middle');
      const needle = needles[round % needles.length] ?? 'report';
      return (await client.say(`SEARCH TEXT "${needle}"`)).durationMs;
    }),
  };
}

// From every message to none; a different one each round, so that nobody answers from the last time.
const needles = ['report 77', 'bacefo', 'luzapo', 'nothing like it', 'sender12', 'qui', 'ROSUTA'];

interface Clients {
  readonly ours: () => Promise<ImapClient>;
  readonly dovecot: () => Promise<ImapClient>;
}

async function compare(
  clients: Clients,
  rounds: number,
  work: (client: ImapClient, round: number) => Promise<number>,
): Promise<Compared> {
  using ours = await clients.ours();
  using dovecot = await clients.dovecot();
  const times = { ours: [] as number[], dovecot: [] as number[] };
  // The first round makes indexes and caches and does not count: warm is what is measured.
  for (let round = 0; round <= rounds; round += 1) {
    const our = await work(ours, round);
    const their = await work(dovecot, round);
    if (round === 0) continue;
    times.ours.push(our);
    times.dovecot.push(their);
  }
  return {
    oursMs: times.ours,
    dovecotMs: times.dovecot,
    ratio: median(times.ours) / median(times.dovecot),
  };
}

async function open(client: () => Promise<ImapClient>): Promise<number> {
  using one = await client();
  return (await one.say('SELECT INBOX')).durationMs;
}

async function login(endpoint: string, address: string, password: string): Promise<ImapClient> {
  const client = await ImapClient.open(endpoint);
  await client.say(`LOGIN "${address}" "${password}"`);
  return client;
}

function person<T extends { readonly site: string }>(accounts: readonly T[]): T {
  const found = accounts.find(({ site }) => site === 'shanghai');
  if (found === undefined) throw new Error('Nobody lives at shanghai.');
  return found;
}
