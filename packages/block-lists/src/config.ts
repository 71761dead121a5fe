// [block_lists]: which lists are asked, and what their answers weigh. None unless the operator names them.
import { duration, flag, list, section, text } from '@restante/config';
import type { SectionProblem, SectionValues } from '@restante/config';
import type { ListSettings } from './block-lists.ts';
import { closedBecause } from './known-lists.ts';
import { listLineRemedy, parseListLine } from './list-line.ts';

const line = text({
  pattern: /^[\x20-\x7e]{3,2000}$/,
  remedy: listLineRemedy,
  about: 'One list.',
});

export const blockListsSection = section(
  'block_lists',
  {
    addressLists: list(line, {
      optional: true,
      example: [
        'zen.spamhaus.org 6 127.0.0.2-3:source-of-spam 127.0.0.4-7:hijacked 127.0.0.9=10:criminal-network 127.0.0.10-11=4:no-mail-server-says-its-provider',
        'bl.spamcop.net 3',
        'psbl.surriel.com 2',
        'list.dnswl.org -1 127.0.*.1 127.0.*.2=-3 127.0.*.3=-5',
      ],
      about:
        'Lists of addresses (RFC 5782), each "ZONE POINTS [CODE[=POINTS][:MEANING]]... [test=NAME]"; negative points are for lists of good senders. None is asked unless you name it: read the terms of a list before you name it (Spamhaus answers small sites only, and only those with a resolver of their own). Lists of former days are gone: sbl-xbl.spamhaus.org is part of zen, relays.ordb.org ended in 2006, safe.dnsbl.sorbs.net in 2024, cblplus.anti-spam.org.cn is not published any more.',
    }),
    domainLists: list(line, {
      optional: true,
      example: ['dbl.spamhaus.org 5 127.0.1.2-99 test=dbltest.com'],
      about: 'Lists of domains, written alike: asked for names in HELO and for domains of senders.',
    }),
    privateAddresses: flag({
      default: false,
      about:
        'Ask about loopback and private addresses, too. For laboratories: on the internet no list knows them, and they mean somebody else in every network.',
    }),
    budgetMs: duration({
      default: '2s',
      min: '50ms',
      max: '30s',
      about: 'A list that has not answered within this time is not waited for.',
    }),
    healthEveryMs: duration({
      default: '10min',
      min: '10s',
      max: '1d',
      about:
        'Pause between two looks at the entries every list must and must not have. What fails is switched off with an alarm, looked at every minute, and comes back by itself.',
    }),
  },
  {
    about: 'Lists of senders in DNS, and what their answers weigh.',
    checks: [
      (values) => unreadable('addressLists', values.addressLists ?? []),
      (values) => unreadable('domainLists', values.domainLists ?? []),
      (values) => namedTwice('addressLists', values.addressLists ?? []),
      (values) => namedTwice('domainLists', values.domainLists ?? []),
      (values) => listIsClosed('addressLists', values.addressLists ?? []),
    ],
  },
);

export type BlockListsConfig = SectionValues<typeof blockListsSection>;

/** What the section says, as createBlockLists() takes it. */
export function listsOf({
  addressLists = [],
  domainLists = [],
}: Pick<BlockListsConfig, 'addressLists' | 'domainLists'>): readonly ListSettings[] {
  const read = (lines: readonly string[], kind: ListSettings['kind']) =>
    lines.flatMap((each) => {
      const parsed = parseListLine(each, kind);
      return parsed.ok ? [parsed.value] : [];
    });
  return [...read(addressLists, 'address'), ...read(domainLists, 'domain')];
}

type ListField = 'addressLists' | 'domainLists';

function unreadable(
  field: ListField,
  lines: readonly string[],
): SectionProblem<ListField> | undefined {
  for (const each of lines) {
    const parsed = parseListLine(each, 'address');
    if (!parsed.ok) return { field, problem: parsed.problem, remedy: listLineRemedy };
  }
  return undefined;
}

function zonesOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((each) => {
    const parsed = parseListLine(each, 'address');
    return parsed.ok ? [parsed.value.zone] : [];
  });
}

function namedTwice(
  field: ListField,
  lines: readonly string[],
): SectionProblem<ListField> | undefined {
  const zones = zonesOf(lines);
  const twice = zones.find((zone, at) => zones.indexOf(zone) !== at);
  return twice === undefined
    ? undefined
    : { field, problem: `names ${twice} twice`, remedy: 'Put all its codes into one line.' };
}

function listIsClosed(
  field: ListField,
  lines: readonly string[],
): SectionProblem<ListField> | undefined {
  for (const zone of zonesOf(lines)) {
    const fate = closedBecause(zone);
    if (fate !== undefined)
      return { field, problem: `names a list that is closed: ${fate}`, remedy: 'Remove its line.' };
  }
  return undefined;
}
