// The demo's people. Their passwords are made once and kept in accounts.json (0600), so that a second start knows them;
// whoever is missing at a home is added through its site API, as an operator would do it.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileDurably } from '@restante/runtime';
import type { OperatorClient } from '@restante/site-api';
import { demoSites, traits } from './layout.ts';
import type { DemoSite } from './layout.ts';

export interface DemoAccount {
  readonly address: string;
  readonly password: string;
  readonly site: DemoSite;
}

const names = ['ana', 'bo', 'chen', 'dora'];

/** Everybody, from the file or new. */
export async function demoPeople(path: string): Promise<readonly DemoAccount[]> {
  const known = await readPeople(path);
  const people = demoSites.flatMap((site) =>
    names.map((name) => {
      const address = `${name}@${traits[site].domain}`;
      return (
        known.find((each) => each.address === address) ?? {
          address,
          password: randomBytes(12).toString('base64url'),
          site,
        }
      );
    }),
  );
  await writeFileDurably(path, `${JSON.stringify(people, undefined, 2)}\n`, { mode: 0o600 });
  return people;
}

/** Adds who is missing at this home. */
export async function settlePeople(
  client: OperatorClient,
  people: readonly DemoAccount[],
): Promise<void> {
  const there = new Set((await client.accounts.list()).map((row) => row.address));
  for (const { address, password } of people) {
    if (!there.has(address)) await client.accounts.add({ address, password });
  }
}

async function readPeople(path: string): Promise<readonly DemoAccount[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  try {
    return JSON.parse(text) as readonly DemoAccount[];
  } catch {
    return []; // Cut short by a crash of long ago: new passwords, and accounts that are there keep their old ones.
  }
}
