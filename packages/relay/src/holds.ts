// What an operator keeps back: whole routes and domains (single messages are marked in the spool). Survives restarts.
//
// The file is small and replaced whole; a change is only acknowledged when it is on disk.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { domainOf, isRoute, type Route } from '@restante/mail-model';
import { writeFileDurably } from '@restante/runtime';

export interface Holds {
  readonly routes: ReadonlySet<Route>;
  readonly domains: ReadonlySet<string>;
  holdRoute(route: Route): Promise<void>;
  unholdRoute(route: Route): Promise<void>;
  holdDomain(domain: string): Promise<void>;
  unholdDomain(domain: string): Promise<void>;
  isRecipientHeld(recipient: string): boolean;
}

export async function openHolds(dir: string): Promise<Holds> {
  const path = join(dir, 'holds.json');
  const { routes, domains } = await readHolds(path);
  const save = async () =>
    writeFileDurably(
      path,
      `${JSON.stringify({ routes: [...routes], domains: [...domains] }, undefined, 2)}\n`,
    );

  return {
    routes,
    domains,
    holdRoute: async (route) => change(routes, route, 'add', save),
    unholdRoute: async (route) => change(routes, route, 'delete', save),
    holdDomain: async (domain) => change(domains, domain.toLowerCase(), 'add', save),
    unholdDomain: async (domain) => change(domains, domain.toLowerCase(), 'delete', save),
    isRecipientHeld: (recipient) => domains.size > 0 && domains.has(domainOf(recipient)),
  };
}

async function change<T>(
  set: Set<T>,
  value: T,
  verb: 'add' | 'delete',
  save: () => Promise<void>,
): Promise<void> {
  set[verb](value);
  await save();
}

async function readHolds(path: string): Promise<{ routes: Set<Route>; domains: Set<string> }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { routes: new Set(), domains: new Set() };
    throw cause;
  }
  const content: unknown = JSON.parse(text);
  const strings = (key: string): string[] => {
    const value =
      typeof content === 'object' && content !== null
        ? (content as Record<string, unknown>)[key]
        : undefined;
    return Array.isArray(value)
      ? value.filter((item): item is string => typeof item === 'string')
      : [];
  };
  return {
    routes: new Set(strings('routes').filter(isRoute)),
    domains: new Set(strings('domains')),
  };
}
