// Asks a Redis one thing, without a client library: may it throw keys away? (RESP, redis.io/docs/reference/protocol-spec)
// Also how the quickstart knows that the Redis it started is there.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Secret } from '@restante/runtime';

export type RedisLook =
  | { readonly kind: 'answered'; readonly policy: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'silent' };

export async function lookAtRedis(url: string, password?: Secret): Promise<RedisLook> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 6379),
  });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) });
    if (password) socket.write(command('AUTH', password.reveal()));
    socket.write(command('CONFIG', 'GET', 'maxmemory-policy'));
    let heard = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      heard += String(chunk);
      const refusal = /^-(.*)\r\n/m.exec(heard)?.[1];
      if (refusal !== undefined) return { kind: 'refused', why: refusal };
      const policy = /maxmemory-policy\r\n\$\d+\r\n([a-z-]+)\r\n/.exec(heard)?.[1];
      if (policy !== undefined) return { kind: 'answered', policy };
      if (heard.length > 10_000) break;
    }
    return { kind: 'silent' };
  } catch {
    return { kind: 'silent' }; // Refused, timed out or broken off: nobody there for us.
  } finally {
    socket.destroy();
  }
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
