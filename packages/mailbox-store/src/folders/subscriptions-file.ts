// The file `subscriptions`, as Dovecot keeps it. Pure.
//
// Version 2: "V<TAB>2", an empty line, then one folder a line with tabs between its levels; a level is spelled as on disk
// (modified UTF-7). Version 1, still read: one name a line with dots between the levels.
import { directoryOf, inbox, nameOfDirectory } from './folder-name.ts';

export function parseSubscriptions(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const isVersion2 = lines[0] === 'V\t2';
  const names = (isVersion2 ? lines.slice(1) : lines).flatMap((line) => {
    const spelled = isVersion2 ? line.split('\t').map(unescapeTabs).join('.') : line;
    return spelled === inbox ? [inbox] : (nameOfDirectory(`.${spelled}`) ?? []);
  });
  return [...new Set(names)];
}

/** The text with one name added or removed; undefined when nothing changes. What we cannot read stays as it is. */
export function withSubscription(
  text: string,
  name: string,
  isSubscribed: boolean,
): string | undefined {
  const names = parseSubscriptions(text);
  if (names.includes(name) === isSubscribed) return undefined;
  const isVersion2 = text.startsWith('V\t2\n');
  const foreign = isVersion2
    ? text
        .split('\n')
        .slice(1)
        .filter((line) => line !== '' && parseSubscriptions(`V\t2\n\n${line}`).length === 0)
    : [];
  const kept = isSubscribed ? [...names, name] : names.filter((one) => one !== name);
  return `V\t2\n\n${[...kept.map(spell), ...foreign].map((line) => `${line}\n`).join('')}`;
}

function spell(name: string): string {
  return name === inbox ? inbox : directoryOf(name).slice(1).replaceAll('.', '\t');
}

// Dovecot's escapes of what would end a field or a line.
function unescapeTabs(level: string): string {
  return level
    .replaceAll('\u0001t', '\t')
    .replaceAll('\u0001n', '\n')
    .replaceAll('\u00011', '\u0001');
}
