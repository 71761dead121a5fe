// A process that works on ana's folders until it is killed: STORE, COPY, MOVE, APPEND, EXPUNGE and folders, at random. Every
// operation is announced before it begins and reported when it has resolved.
//
//   node change-child.ts '{"dir": ..., "seed": 1}'
// prints JSON lines: { "begin": <operation> } and { "done": <operation> }.
import { writeSync } from 'node:fs';
import { fill, mailboxOf, openFolder } from './mailbox-for-tests.ts';
import { openStore } from './store-for-tests.ts';

interface Orders {
  readonly dir: string;
  readonly seed: number;
  /** Only so many operations; endless when absent. */
  readonly count?: number;
  /** Only this operation. */
  readonly only?: string;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const store = openStore(orders.dir, { graceMs: 3_600_000 });
const mailbox = await mailboxOf(store);
const inbox = await openFolder(mailbox);
const archive = await openFolder(mailbox, 'Archive');
let state = orders.seed * 2_654_435_761;

function pick(below: number): number {
  state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 374_761_393) >>> 0;
  return state % below;
}

function some(uids: readonly number[]): readonly number[] {
  const from = pick(Math.max(uids.length, 1));
  return uids.slice(from, from + 1 + pick(4));
}

const operations: Readonly<Record<string, (name: string) => Promise<object>>> = {
  append: async (name) => ({ uids: await fill(inbox, [`${name}-1`, `${name}-2`, `${name}-3`]) }),
  store: async () => {
    const uids = some(inbox.messages.map(({ uid }) => uid));
    const flags = [String.raw`\Seen`, `k${pick(20)}`];
    const { changed } = await inbox.setFlags(uids, { how: 'replace', flags });
    return { uids: changed.map(({ uid }) => uid), flags };
  },
  copy: async () => inbox.copy(some(inbox.messages.map(({ uid }) => uid)), 'Archive'),
  move: async () => inbox.move(some(inbox.messages.map(({ uid }) => uid)), 'Archive'),
  back: async () => archive.move(some(archive.messages.map(({ uid }) => uid)), 'INBOX'),
  expunge: async () => {
    const uids = some(archive.messages.map(({ uid }) => uid));
    return { gone: await archive.expunge({ uids, evenUnflagged: true }) };
  },
  folders: async (name) => {
    await mailbox.createFolder(`F/${name}`);
    await mailbox.renameFolder(`F/${name}`, `G/${name}`);
    await inbox.copy(some(inbox.messages.map(({ uid }) => uid)), `G/${name}`);
    return mailbox.deleteFolder(`G/${name}`);
  },
};

/** Synchronous: a kill right behind it must not lose what was said. */
function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

const names = Object.keys(operations);
for (let index = 0; index < (orders.count ?? Number.POSITIVE_INFINITY); index += 1) {
  const kind = orders.only ?? (index === 0 ? 'append' : (names[pick(names.length)] ?? ''));
  const name = `s${orders.seed}o${index}`;
  say({ begin: kind, name });
  try {
    say({ done: kind, name, ...(await operations[kind]?.(name)) });
  } catch (cause) {
    say({
      failed: kind,
      name,
      code: cause instanceof Error && 'code' in cause ? cause.code : String(cause),
    });
  }
}
await store[Symbol.asyncDispose]();
