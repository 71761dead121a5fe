// The commands in deploy/runbooks, against the commands there are: an operator in trouble copies them as they stand.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { run } from './in-process.ts';

const folder = new URL('../../../deploy/runbooks/', import.meta.url);

interface Written {
  readonly place: string;
  /** The words behind "restante", up to a comment, a pipe or a redirection. */
  readonly words: readonly string[];
}

function commandsIn(name: string): readonly Written[] {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const inline = [...text.matchAll(/`(restante [^`]+)`/g)].map(([, words = '']) => words);
  return [...blocks.flatMap((block) => block.split('\n')), ...inline].flatMap((line) =>
    [...line.matchAll(/(?:^|&& |sudo -u restante )restante ([^|&;#>]+)/g)].map(
      ([, words = '']) => ({
        place: `${name}: ${line}`,
        words: words.trim().split(/\s+/),
      }),
    ),
  );
}

/** Names of commands, without options and what follows them. */
function namesIn(words: readonly string[]): readonly string[] {
  const takesValue = new Set(['--site', '--config', '--dir']);
  const isName = (word: string, index: number) =>
    !word.startsWith('--') && !takesValue.has(words[index - 1] ?? '');
  return words.filter(isName);
}

const written = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .flatMap(commandsIn);

test('the runbooks hold commands', () => {
  assert.ok(written.length > 30, `only ${written.length} were found`);
});

test('every command and option in a runbook exists', async () => {
  const general = (await run(['--help'])).stdout;
  for (const { place, words } of written) {
    const [first = '', second = ''] = namesIn(words);
    const outer = await run([first, '--help']);
    assert.match(outer.stdout, new RegExp(`^Usage: restante ${first}\\b`), place);
    const isGroup = outer.stdout.includes('\nCommands:\n');
    const { stdout } = isGroup ? await run([first, second, '--help']) : outer;
    if (isGroup) assert.match(stdout, new RegExp(`^Usage: restante ${first} ${second}\\b`), place);
    for (const option of words.filter((word) => word.startsWith('--'))) {
      assert.ok(`${stdout}${general}`.includes(`  ${option} `), `${place}: no ${option}`);
    }
  }
});
