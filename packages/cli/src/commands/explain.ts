// Why was this mail refused, delayed or marked? By the text of a reply or bounce, or by the id of a message. In English and Chinese.
import { explanations, readReason } from '@restante/policy';
import type { Decision } from '@restante/site-api';
import { Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { printableLine } from '../output/printable.ts';

type Language = 'en' | 'zh' | 'both';

export function explainCommand(cli: Cli): Command {
  return new Command('explain')
    .description('why mail was refused, delayed or marked, and what its sender should do')
    .argument('<message-or-reply>', "a message's id, or the text of a reply or bounce")
    .addOption(
      new Option('--lang <language>', 'in which language')
        .choices(['en', 'zh', 'both'])
        .default('both'),
    )
    .action(async (what: string, { lang }: { readonly lang: Language }) =>
      explain(cli, what, lang),
    );
}

async function explain(cli: Cli, what: string, language: Language): Promise<void> {
  const reason = readReason(what);
  const decisions = await decisionsAbout(cli, reason?.decision ?? what.trim());
  const checks = new Set(
    decisions.length === 0
      ? [reason?.check].filter((check) => check !== undefined)
      : decisions.flatMap(checksOf),
  );
  if (checks.size === 0 && decisions.length === 0)
    throw new CliError(
      'FOUND_A_PROBLEM',
      'No site remembers a decision about this. Either the mail was taken without objections ("restante trace" tells its story), or it is longer ago than the diary is kept.',
    );
  const explained = [...checks].flatMap((check) => {
    // Whoever wrote the text chose the word.
    const text = Object.hasOwn(explanations, check) ? explanations[check] : undefined;
    return text === undefined ? [] : [{ check, ...text }];
  });
  cli.screen.json({ decisions, explanations: explained });
  for (const decision of decisions) showDecision(cli, decision);
  for (const { check, en, zh } of explained) {
    cli.screen.say('');
    if (language !== 'zh') cli.screen.say(`${check}: ${en.what}\n  What to do: ${en.todo}`);
    if (language !== 'en') cli.screen.say(`${check}：${zh.what}\n  怎么办：${zh.todo}`);
  }
}

async function decisionsAbout(cli: Cli, id: string): Promise<readonly Decision[]> {
  // The whole text of a bounce without our mark is no id.
  if (!/^[\w.@<>-]{1,400}$/.test(id)) return [];
  const answers = await cli.askAll(await cli.sites(), async (client) =>
    client.judging.decisions(id),
  );
  for (const answer of answers)
    if (!answer.ok) {
      cli.screen.warn(`${answer.site.name} does not answer; what it decided is missing.`);
      cli.foundProblem();
    }
  return answers.flatMap((answer) => (answer.ok ? answer.value : []));
}

/** The checks that decided; a sum is explained by its parts. */
function checksOf({ reasons, reply }: Decision): readonly string[] {
  const by = reply === undefined ? undefined : readReason(reply)?.check;
  const weighing = reasons.filter(({ points }) => (points ?? 0) > 0).map(({ check }) => check);
  if (by === undefined) return reasons.map(({ check }) => check);
  return by === 'points' ? [by, ...weighing] : [by];
}

function showDecision(cli: Cli, decision: Decision): void {
  const { atMs, site, action, clientAddress, helo, sender, recipients, reasons, reply } = decision;
  const say = (line: string) => cli.screen.say(printableLine(line));
  say(
    `${new Date(atMs).toISOString()} at ${site}: ${action}, from ${clientAddress} (${helo}), <${sender}> to ${recipients.join(', ')}`,
  );
  if (reply !== undefined) say(`  reply: ${reply}`);
  for (const { check, detail, points } of reasons)
    say(`  ${check}${points === undefined ? '' : ` (${points})`}: ${detail}`);
}
