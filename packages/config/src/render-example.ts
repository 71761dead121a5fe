// Writes the example file from the schema: every setting with its sentence, its limits and its default, in comments where
// the default would do. It loads as it stands; a test makes sure.
import type { AnyField, Fields } from './field.ts';
import { tomlKey } from './field.ts';
import type { Schema } from './section.ts';
import {
  clusterFields,
  domainFields,
  listenFields,
  publicFields,
  redisFields,
  siteFields,
  tlsFields,
} from './topology-fields.ts';

const columns = 100;

export function renderExample(schema: Schema): string {
  const head = [
    ...comment(
      'The cluster file of Restante. Every site reads the same file and is told its own name.',
    ),
    ...comment(
      'Lines that begin with "#" and a key show defaults. Relative paths start at this file. Sections may be set for one site: [site.policy] below its [[site]].',
    ),
    ...comment('Generated from the schemas; change those, then run: pnpm generate'),
  ];
  const blocks = [head, ...topology(), ...sections(schema)];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function topology(): readonly (readonly string[])[] {
  const peer = {
    name: 'us',
    hostname: 'mx.us.example',
    timezone: 'America/Chicago',
    dir: '/var/lib/restante',
  };
  return [
    ['[cluster]', ...settings(clusterFields, { name: 'demo' })],
    [
      '[[site]]',
      ...settings(siteFields, {
        name: 'shanghai',
        hostname: 'mx.shanghai.example',
        timezone: 'Asia/Shanghai',
        dir: '/var/lib/restante',
      }),
    ],
    ['[site.listen]', ...settings(listenFields)],
    ['[site.public]', ...settings(publicFields)],
    ['[site.redis]', ...settings(redisFields)],
    ['# [site.tls]', ...settings(tlsFields, {}, { isOff: true })],
    [
      '[[site]]',
      ...Object.entries(peer).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    ],
    [
      '[[domain]]',
      ...settings(domainFields, { name: 'shanghai.example', home: 'shanghai', backups: ['us'] }),
    ],
    ['[[domain]]', 'name = "us.example"', 'home = "us"', 'backups = ["shanghai"]'],
  ];
}

function sections(schema: Schema): readonly (readonly string[])[] {
  return Object.entries(schema).map(([name, { about, fields }]) => [
    ...comment(about),
    `[${name}]`,
    ...settings(fields),
  ]);
}

function settings(
  fields: Fields,
  given: Readonly<Record<string, unknown>> = {},
  { isOff = false } = {},
): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const key = tomlKey(name, field);
    const value = given[key];
    const line =
      value === undefined
        ? `${key} = ${field.defaultToml ?? field.exampleToml}`
        : `${key} = ${toml(value)}`;
    const isSet =
      value !== undefined ||
      (field.defaultToml === undefined && field.presence === 'always' && !isOff);
    return [...comment(`${field.about}${notes(field)}`), isSet ? line : `# ${line}`];
  });
}

function notes(field: AnyField): string {
  const presence =
    field.presence === 'maybe'
      ? 'optional'
      : field.defaultToml === undefined
        ? 'required'
        : `default ${field.defaultToml}`;
  return ` (${[field.allowed, presence].filter((part) => part !== undefined).join('; ')})`;
}

function toml(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.map((each) => JSON.stringify(each)).join(', ')}]`
    : JSON.stringify(value);
}

/** Comment lines, broken at words. */
function comment(sentence: string): readonly string[] {
  const lines: string[] = [];
  let line = '##';
  for (const word of sentence.split(' ')) {
    if (line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '##';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
