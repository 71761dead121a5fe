// Looks now, with own eyes: the operators' door, readiness and the SMTP greeting of every site, as a stranger would meet it.
// What the sites think of each other is in `restante status`.
import type { SiteConfig } from '@restante/config';
import { splitHostPort } from '@restante/config';
import { connectSmtp, SmtpConnectionError } from '@restante/smtp';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { reachable } from '../cli.ts';

interface Look {
  readonly site: string;
  readonly what: string;
  readonly ok: boolean;
  readonly durationMs: number;
  readonly found: string;
}

export function healthCommand(cli: Cli): Command {
  return new Command('health')
    .description('look at every site now: alive, ready, greeting')
    .action(async () => {
      const looks = (
        await Promise.all((await cli.sites()).map(async (site) => lookAt(cli, site)))
      ).flat();
      cli.screen.json(looks);
      cli.screen.table({
        columns: [
          { title: 'site' },
          { title: 'what' },
          { title: '' },
          { title: 'ms', align: 'right' },
          { title: 'found' },
        ],
        rows: looks.map((look) => [
          look.site,
          look.what,
          look.ok ? 'ok' : 'no',
          String(Math.round(look.durationMs)),
          look.found,
        ]),
        paint: (cell, { column }) =>
          column !== 2
            ? cell
            : cell.trim() === 'ok'
              ? cli.screen.colours.good(cell)
              : cli.screen.colours.bad(cell),
      });
      if (looks.some((look) => !look.ok)) cli.foundProblem();
    });
}

async function lookAt(cli: Cli, site: SiteConfig): Promise<readonly Look[]> {
  const [readiness, smtp] = await Promise.all([
    timed(site, 'ready', async () => {
      const { ready, why } = await cli.ask(site, async (client) => client.readiness());
      return { ok: ready, found: ready ? 'accepting mail' : why.join(' ') };
    }),
    timed(site, `smtp ${site.listen.smtp}`, async () => greet(site)),
  ]);
  return [readiness, smtp];
}

async function greet(site: SiteConfig): Promise<{ readonly ok: boolean; readonly found: string }> {
  const end = splitHostPort(reachable(site.listen.smtp));
  if (!end) return { ok: false, found: `${site.listen.smtp} is not host:port` };
  const connection = await connectSmtp({
    host: site.hostname,
    address: end.host,
    port: end.port,
    protocol: 'smtp',
    helo: site.hostname,
    tls: { mode: 'opportunistic' },
    timeouts: { connectMs: 5_000, greetingMs: 5_000, helloMs: 5_000 },
  });
  const found = `${connection.greeting.code} ${connection.greeting.text}${connection.tls === undefined ? '' : `, ${connection.tls}`}`;
  await connection.close();
  return { ok: true, found };
}

async function timed(
  site: SiteConfig,
  what: string,
  look: () => Promise<{ readonly ok: boolean; readonly found: string }>,
): Promise<Look> {
  const began = performance.now();
  try {
    return { site: site.name, what, ...(await look()), durationMs: performance.now() - began };
  } catch (failure) {
    // Whatever is wrong with one site is a line of the table; the others are still looked at.
    const found =
      failure instanceof SmtpConnectionError || failure instanceof Error
        ? failure.message
        : String(failure);
    return { site: site.name, what, ok: false, durationMs: performance.now() - began, found };
  }
}
