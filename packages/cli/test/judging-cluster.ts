// A cluster whose sites keep lists and quarantined mail: real operators' doors over operations in memory. "paris" is in the file and not
// running.
import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@restante/runtime';
import {
  createOperatorServer,
  ensureOperatorToken,
  SiteApiError,
  type Decision,
  type HarvestBlockRow,
  type ListEntryRow,
  type ListOperations,
  type QueueRow,
  type SiteOperations,
} from '@restante/site-api';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';

export interface JudgingSite {
  readonly entries: Map<string, ListEntryRow>;
  readonly blocks: Map<string, HarvestBlockRow>;
  readonly held: Map<string, QueueRow>;
  readonly acts: string[];
  readonly decisions: Decision[];
}

export interface JudgingCluster extends AsyncDisposable {
  readonly dir: string;
  readonly us: JudgingSite;
  readonly shanghai: JudgingSite;
}

export async function judgingCluster(): Promise<JudgingCluster> {
  await using stack = new AsyncDisposableStack();
  const { path: dir } = stack.use(await temporaryDirectory());
  const sites = { us: emptySite(), shanghai: emptySite() };
  let file = '[cluster]\nname = "test"\n';
  for (const [name, site] of Object.entries({ ...sites, paris: undefined })) {
    await mkdir(join(dir, name));
    const token = await ensureOperatorToken(join(dir, name));
    let http = '127.0.0.1:9'; // Discard: nobody answers there.
    if (site !== undefined) {
      const server = await createOperatorServer({
        listen: '127.0.0.1:0',
        token,
        site: name,
        operations: operationsOf(site, name),
        metrics: { render: () => '' },
        isReady: () => ({ ready: true, why: [] }),
        logger: silentLogger,
      });
      http = stack.use(server).address;
    }
    file += `[[site]]\nname = "${name}"\nhostname = "mx.${name}.example"\ndir = "${name}"\n[site.listen]\nhttp = "${http}"\n`;
  }
  file += '[[domain]]\nname = "us.example"\nhome = "us"\nbackups = ["shanghai"]\n';
  await writeFile(join(dir, 'restante.toml'), file);
  const running = stack.move();
  return { dir, ...sites, [Symbol.asyncDispose]: async () => running.disposeAsync() };
}

export function heldMessage(id: string, heldBecause: string): QueueRow {
  return {
    id,
    sender: 'evil\u001b[2J@elsewhere.example',
    recipients: ['ana@us.example'],
    sizeBytes: 4096,
    acceptedAtMs: Date.now() - 60_000,
    routes: ['local'],
    state: 'held',
    attempts: 0,
    heldBecause,
  };
}

function emptySite(): JudgingSite {
  return { entries: new Map(), blocks: new Map(), held: new Map(), acts: [], decisions: [] };
}

function operationsOf(site: JudgingSite, name: string): SiteOperations {
  const { held, acts } = site;
  const take = (verb: string, ids: readonly string[] = []) => {
    acts.push(`${verb} ${ids.join(' ')}`);
    for (const id of ids) held.delete(id);
    return { count: ids.length };
  };
  return {
    queueList: async ({ limit, after = '' }: { limit: number; after?: string }) => {
      // Pages of two, whatever is asked for: whoever reads only the first one misses something.
      const left = [...held.values()].filter(({ id }) => id > after);
      const rows = left.slice(0, Math.min(2, limit));
      const next = left.length > rows.length ? { next: rows.at(-1)?.id ?? '' } : {};
      return { rows, total: held.size, ...next };
    },
    queueShow: async (id: string) => {
      const row = held.get(id);
      return row && { ...row, messageId: id, origin: {}, outcomes: [], header: 'Subject: x\r\n' };
    },
    queueRelease: async ({ ids }: { ids?: readonly string[] }) => take('release', ids),
    queueDelete: async ({ ids }: { ids?: readonly string[] }) => take('delete', ids),
    lists: listsOf(site, name),
    judging: { decisions: async (id: string) => site.decisions.filter((one) => one.id === id) },
  } as unknown as SiteOperations;
}

function listsOf({ entries, blocks }: JudgingSite, name: string): ListOperations {
  return {
    async list({ list, subject, for: forWhom }) {
      const rows = [...entries.values()].filter(
        (row) =>
          (list === undefined || row.list === list) &&
          (subject === undefined || row.subject === subject.toLowerCase()) &&
          (forWhom === undefined || row.for === forWhom),
      );
      return { rows, total: rows.length };
    },
    async add(entry) {
      if (entry.subject.includes('*'))
        throw new SiteApiError('BAD_REQUEST', { detail: 'That is no domain.' });
      const id = hash('sha256', `${entry.list} ${entry.subject} ${entry.for}`).slice(0, 16);
      const row: ListEntryRow = {
        ...entry,
        subject: entry.subject.toLowerCase(),
        kind: 'domain',
        id,
        createdAtMs: Date.now(),
        changedAtMs: Date.now(),
      };
      entries.set(id, row);
      return row;
    },
    remove: async (id) => entries.delete(id),
    harvestBlocks: async () => [...blocks.values()].map((block) => ({ ...block, from: name })),
    harvestUnblock: async (subject) => blocks.delete(subject),
  };
}
