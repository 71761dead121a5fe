// Sends a small message to somebody here, the way a stranger would, and tells who was tried and what they said.
// Exit codes: 0 taken, 1 refused, 3 nobody took it.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createResolver } from '@restante/dns';
import { formatReply, isPositive, parseAddress } from '@restante/mail-model';
import type { SmtpReply } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { printableLine } from '../output/printable.ts';
import { sendAsStranger } from '../stranger.ts';
import type { Try } from '../stranger.ts';

interface SendOptions {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly body: string;
  readonly file?: string;
  readonly count: string;
}

export function sendCommand(cli: Cli): Command {
  return new Command('send')
    .description('send a small message like a stranger: by MX, home first, backup next')
    .requiredOption('--to <address>', 'for whom')
    .option('--from <address>', 'from whom; "" is the null sender', 'stranger@elsewhere.example')
    .option('--subject <text>', 'its subject', 'Hello from a stranger')
    .option('--body <text>', 'what it says', 'Poste restante: please keep this until I come by.')
    .option('--file <path>', 'a whole message (RFC 5322) instead')
    .option('--count <number>', 'so many of them, one after the other', '1')
    .action(async (options: SendOptions) => send(cli, options));
}

async function send(cli: Cli, options: SendOptions): Promise<void> {
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 1 || count > 10_000)
    throw new CliError('WRONG_USE', '--count is a number from 1 to 10000.');
  const recipient = addressFrom(options.to);
  const sender = options.from === '' ? '' : addressFrom(options.from);
  const { topology } = await cli.cluster();
  await using resolver = createResolver({ servers: topology.dnsServers, clock: systemClock });

  const results: { readonly tries: readonly Try[]; readonly reply: SmtpReply | undefined }[] = [];
  for (let index = 1; index <= count; index += 1) {
    const bytes =
      options.file === undefined
        ? letter({ ...options, sender, recipient, nowMs: cli.surroundings.now() })
        : withCrlf(await readFile(options.file));
    const tries: Try[] = [];
    const onTry = (attempt: Try) => {
      tries.push(attempt);
      tell(cli, attempt);
    };
    const reply = await sendAsStranger(
      { sender, recipient, bytes, helo: 'mail.elsewhere.example' },
      { resolver, sites: topology.sites, onTry },
    );
    results.push({ tries, reply });
  }
  cli.screen.json(results.length === 1 ? results[0] : results);
  const undecided = results.filter(({ reply }) => reply === undefined).length;
  if (undecided > 0)
    throw new CliError(
      'NOBODY_ANSWERS',
      `Nobody took ${undecided === 1 ? 'it' : `${undecided} of them`}; a real stranger would keep it and try again.`,
    );
  if (results.some(({ reply }) => reply && !isPositive(reply))) cli.foundProblem();
}

function tell(cli: Cli, { host, preference, reply, isAnswer }: Try): void {
  const { say, colours } = cli.screen;
  const words = printableLine(isAnswer ? formatReply(reply) : reply.text);
  const painted =
    isAnswer && isPositive(reply)
      ? colours.good(words)
      : isAnswer && reply.code >= 500
        ? colours.bad(words)
        : colours.warning(words);
  say(`${String(preference).padStart(3)} ${host.padEnd(24)} ${painted}`);
}

interface LetterParts {
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly nowMs: number;
}

function letter({ sender, recipient, subject, body, nowMs }: LetterParts): Buffer {
  const header = [
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `From: <${sender === '' ? 'mailer-daemon@elsewhere.example' : sender}>`,
    `To: <${recipient}>`,
    `Subject: ${subject.replaceAll(/[\r\n]+/g, ' ')}`,
    `Message-ID: <${randomUUID()}@elsewhere.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  return withCrlf(Buffer.from(`${header.join('\n')}\n\n${body}\n`));
}

/** RFC 5321 §2.3.8: lines end with CRLF and nothing else. */
function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(/\r\n|\r|\n/g, '\r\n'), 'latin1');
}

function addressFrom(text: string): string {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new CliError('WRONG_USE', `${JSON.stringify(text)}: ${parsed.problem}`);
  return `${parsed.value.local}@${parsed.value.domain}`;
}
