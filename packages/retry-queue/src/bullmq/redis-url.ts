// Reads the URL of the site's Redis. Pure. The password is never part of anything this file prints.
//
//   redis://[user:password@]host[:port][/db]                              one server
//   rediss://...                                                          the same over TLS
//   redis+sentinel://[user:password@]host[:port],host[:port]/name[/db]    the master of that name
//   redis+cluster://[user:password@]host[:port],host[:port]               a cluster
// The last two with "rediss+" instead of "redis+" over TLS.
import type { Parsed } from '@restante/mail-model';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly nodes: readonly [RedisNode, ...RedisNode[]];
  /** Name of the master, for sentinel. */
  readonly masterName?: string;
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
  /** For people: without user and password. */
  readonly shown: string;
}

const shape = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#]+)(\/[^?#]*)?$/;
const defaultPort = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;

export function parseRedisUrl(url: string): Parsed<RedisTarget> {
  const match = shape.exec(url);
  if (match === null)
    return problem(
      'It looks like redis://host:6379, rediss://, redis+sentinel:// or redis+cluster://.',
    );
  const [, scheme = '', variant, login, hosts = '', path = ''] = match;
  const kind = variant === 'sentinel' || variant === 'cluster' ? variant : 'single';

  const nodes = hosts.split(',').map((text) => parseNode(text, defaultPort[kind]));
  const [first, ...rest] = nodes;
  if (first === undefined || nodes.includes(undefined))
    return problem('A host is written host or host:port, IPv6 as [::1]:6379.');
  if (kind === 'single' && rest.length > 0)
    return problem('Several hosts need redis+sentinel:// or redis+cluster://.');

  const place = parsePath(
    kind,
    path.split('/').filter((part) => part !== ''),
  );
  if (!place.ok) return place;
  const credentials = parseLogin(login);
  if (!credentials.ok) return credentials;

  const shown = `${scheme}${kind === 'single' ? '' : `+${kind}`}://${hosts}${path}`;
  const known = rest.filter((node): node is RedisNode => node !== undefined);
  return {
    ok: true,
    value: {
      kind,
      nodes: [first, ...known],
      tls: scheme === 'rediss',
      shown,
      ...place.value,
      ...credentials.value,
    },
  };
}

function parseNode(text: string, port: number): RedisNode | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [, v6, name, digits] = match;
  const asked = digits === undefined ? port : Number(digits);
  return asked >= 1 && asked <= 65_535 ? { host: v6 ?? name ?? '', port: asked } : undefined;
}

function parsePath(
  kind: RedisTarget['kind'],
  parts: readonly string[],
): Parsed<{ readonly database: number; readonly masterName?: string }> {
  if (kind === 'cluster') {
    return parts.length === 0
      ? { ok: true, value: { database: 0 } }
      : problem('A cluster has no database number.');
  }
  const [masterName, ...after] = kind === 'sentinel' ? parts : [undefined, ...parts];
  if (kind === 'sentinel' && masterName === undefined)
    return problem('Sentinel needs the name of the master: redis+sentinel://host:26379/mymaster.');
  const [digits = '0', surplus] = after;
  if (surplus !== undefined || !/^[0-9]{1,3}$/.test(digits))
    return problem('After the host comes at most a database number.');
  return {
    ok: true,
    value: { database: Number(digits), ...(masterName === undefined ? {} : { masterName }) },
  };
}

function parseLogin(
  login: string | undefined,
): Parsed<{ readonly username?: string; readonly password?: string }> {
  if (login === undefined || login === '') return { ok: true, value: {} };
  const colon = login.indexOf(':');
  try {
    const username = decodeURIComponent(colon < 0 ? login : login.slice(0, colon));
    const password = colon < 0 ? undefined : decodeURIComponent(login.slice(colon + 1));
    return {
      ok: true,
      value: {
        ...(username === '' ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      },
    };
  } catch {
    // decodeURIComponent is the only thing here that throws; its input is the reader's.
    return problem('User and password must be percent-encoded.');
  }
}

function problem(text: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: text };
}
