// Two laptops and a server, all three killed again and again in the middle of it: when everybody is left alone, they agree.
//
// Every letter has a subject of its own. What was written anywhere is in the end everywhere, once; what was deleted is nowhere;
// flags that were set on different copies are all set. RESTANTE_ROUNDS raises the rounds, RESTANTE_SEED repeats a run.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startCluster, type Cluster } from '../kit/cluster.ts';
import { openImap, personAt, portOf, writeTo, type Person } from '../kit/person.ts';
import { whyMissing } from '../kit/programs.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { until } from '../kit/until.ts';
import { MbsyncCopy } from './mbsync-copy.ts';

const rounds = Number(process.env['RESTANTE_ROUNDS'] ?? 4);
const seed = Number(process.env['RESTANTE_SEED'] ?? Date.now() % 1_000_000);
const folders = ['INBOX', 'Archive'] as const;
const maildirFlags = { F: String.raw`\Flagged`, R: String.raw`\Answered`, S: String.raw`\Seen` };

type Letters = readonly (readonly [subject: string, flags: string])[];

test(
  `mbsync and two copies agree with the server after kill -9 of either side (seed ${seed})`,
  { skip: whyMissing('mbsync') },
  async () => {
    await using cluster = await startCluster();
    const person = personAt(cluster, 'shanghai');
    const { dir, imaps, config } = cluster.site('shanghai');
    const copies = await Promise.all(
      ['one', 'two'].map(async (name) =>
        MbsyncCopy.make({
          dir: join(dir, `laptop-${name}`),
          port: portOf(imaps),
          address: person.address,
          password: person.password,
          certificate: join(config, '../pki/shanghai.crt'),
        }),
      ),
    );
    const drill = new Drill(cluster, person, copies);
    await drill.deliver(5);
    for (const copy of copies) await copy.sync();
    for (let round = 0; round < rounds; round += 1) await drill.round();
    await until(async () => (await cluster.waiting('shanghai')) === 0, {
      what: 'all that was accepted is in the mailbox',
    });
    for (const copy of [...copies, ...copies, ...copies]) await copy.sync();

    const far = await onServer(cluster, person);
    for (const [index, folder] of folders.entries()) {
      for (const copy of copies) assert.deepEqual(await copy.letters(folder), far[index], folder);
      assert.deepEqual(far[index], drill.expected(folder), folder);
    }
  },
);

class Drill {
  readonly #random = seededRandom(seed);
  readonly #cluster: Cluster;
  readonly #person: Person;
  readonly #copies: readonly MbsyncCopy[];
  /** Folder, subject, flags: what there has to be in the end. */
  readonly #expected = new Map<string, Map<string, Set<string>>>(
    folders.map((folder) => [folder, new Map<string, Set<string>>()]),
  );
  #count = 0;

  constructor(cluster: Cluster, person: Person, copies: readonly MbsyncCopy[]) {
    this.#cluster = cluster;
    this.#person = person;
    this.#copies = copies;
  }

  expected(folder: string): Letters {
    const letters = [...(this.#expected.get(folder) ?? [])];
    return letters
      .map(([subject, flags]) => [subject, [...flags].toSorted().join('')] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1));
  }

  async deliver(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const subject = this.#next('delivered');
      await writeTo(this.#cluster, this.#person, subject);
      this.#expected.get('INBOX')?.set(subject, new Set());
    }
  }

  async round(): Promise<void> {
    await this.deliver(1 + this.#below(4));
    for (const copy of this.#copies) await this.#change(copy);
    for (const copy of this.#copies) {
      const running = copy.start();
      const kills = [
        async () => running.kill(),
        async () => this.#restart(),
        async () => undefined,
      ];
      await pause(this.#below(250));
      await kills[this.#below(kills.length)]?.();
      await running.ended;
    }
  }

  async #change(copy: MbsyncCopy): Promise<void> {
    for (const folder of folders) {
      const subject = this.#next('written');
      // The folder is there once the first run came so far.
      await copy.write(folder, subject);
      this.#expected.get(folder)?.set(subject, new Set('S'));
      const here = await copy.letters(folder);
      for (const flag of ['F', 'R', 'S', 'ST']) {
        const [target = ''] = here[this.#below(here.length)] ?? [];
        if (this.#expected.get(folder)?.has(target) !== true) continue;
        if (!(await copy.flag(folder, target, flag))) continue;
        if (flag.includes('T')) this.#expected.get(folder)?.delete(target);
        else this.#expected.get(folder)?.get(target)?.add(flag);
      }
    }
  }

  async #restart(): Promise<void> {
    await this.#cluster.kill('shanghai');
    await this.#cluster.start('shanghai');
  }

  #next(what: string): string {
    this.#count += 1;
    return `${what}-${String(this.#count).padStart(4, '0')}`;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

async function onServer(cluster: Cluster, person: Person): Promise<readonly Letters[]> {
  const client = await openImap(cluster, person, await readFile(cluster.endpoints.ca, 'utf8'));
  const found: Letters[] = [];
  for (const folder of folders) {
    await client.mailboxOpen(folder);
    const letters: (readonly [string, string])[] = [];
    for await (const { envelope, flags } of client.fetch('1:*', { envelope: true, flags: true })) {
      const letter = Object.entries(maildirFlags).filter(([, name]) => flags?.has(name) === true);
      letters.push([envelope?.subject ?? '', letter.map(([flag]) => flag).join('')]);
    }
    found.push(letters.toSorted(([left], [right]) => (left < right ? -1 : 1)));
  }
  await client.logout();
  return found;
}
