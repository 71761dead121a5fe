// What would be done with this client, sender, recipient and message; nothing is sent, counted or stored.
import { readFile } from 'node:fs/promises';
import type { JudgingAnswer } from '@restante/site-api';
import { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { printable } from '../output/printable.ts';

interface TestOptions {
  readonly ip: string;
  readonly helo: string;
  readonly from: string;
  readonly to: string;
  readonly file?: string;
}

export function policyCommand(cli: Cli): Command {
  const command = new Command('policy').description('how strangers are judged');
  command
    .command('test')
    .description('judge a client, sender, recipient and message, dry; at every site, or at --site')
    .requiredOption('--ip <address>', 'address of the client')
    .requiredOption('--helo <name>', 'what it says in HELO')
    .requiredOption('--from <address>', 'MAIL FROM; "" for a bounce')
    .requiredOption('--to <address>', 'the recipient')
    .option('--file <path>', 'the message, header and body; without it only the envelope is judged')
    .action(async (options: TestOptions) => testPolicy(cli, options));
  return command;
}

async function testPolicy(cli: Cli, { ip, helo, from, to, file }: TestOptions): Promise<void> {
  const message = file === undefined ? undefined : await readMessage(file);
  const answers = await cli.askAll(await cli.sites(), async (client) =>
    client.judging.tryOut({
      clientAddress: ip,
      helo,
      sender: from === '<>' ? '' : from,
      recipient: to,
      ...(message === undefined ? {} : { message: message.toString('base64') }),
    }),
  );
  for (const answer of answers)
    if (!answer.ok) {
      cli.screen.warn(`${answer.site.name} does not answer: ${answer.failure.message}`);
      cli.foundProblem();
    }
  const judged = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  cli.screen.json(judged);
  for (const one of judged) show(cli, one);
}

function show(cli: Cli, judged: JudgingAnswer): void {
  const { site, stage, action, points, spam, reply, reasons, identity, header } = judged;
  const where = stage === 'rcpt' ? 'by who brings it' : 'by what it is';
  const mark = spam === undefined ? '' : `, ${spam} spam`;
  cli.screen.say(`${site}: ${wordFor(action)} (${where}; ${points} points${mark})`);
  if (reply !== undefined) cli.screen.say(`  the client hears: ${reply}`);
  if (identity !== undefined)
    cli.screen.say(
      `  ${Object.entries(identity)
        .map(([method, result]) => `${method} ${result}`)
        .join(', ')}`,
    );
  cli.screen.table({
    columns: [{ title: 'check' }, { title: 'points' }, { title: '' }],
    rows: reasons.map(({ check, points: own, detail }) => [check, String(own ?? ''), detail]),
  });
  if (header !== undefined) cli.screen.say(printable(header.split('\r\n').slice(0, 12).join('\n')));
}

function wordFor(action: string): string {
  const words: Readonly<Record<string, string>> = {
    refuse: 'refused',
    defer: 'asked to come later',
    quarantine: 'taken and kept for the operator',
    tag: 'taken and marked',
  };
  return words[action] ?? 'taken';
}

async function readMessage(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CliError('WRONG_USE', `Cannot read ${file}.`, { cause });
  }
}
