// The recipients of a home that is not Restante, one a line. Pure.
//
//   # a comment
//   ana@example.test
//   bob@example.test    OK        the form of Postfix' relay_recipients; the right side means nothing
//   @example.test                 everybody of that domain
//
// All problems are found at once, with their line numbers. A file with a problem is not used: leaving out the line that
// cannot be read would refuse somebody's mail for good.
import { domainOf, localPartOf, parseAddress, parseDomain } from '@restante/mail-model';
import { localKey, offices } from './local-key.ts';
import type { RecipientDomain, RecipientSnapshot } from './recipient-list.ts';

export interface FileProblem {
  /** Counted from 1; 0 is the file as a whole. */
  readonly line: number;
  readonly problem: string;
}

export type FiledDomain = Omit<RecipientDomain, 'catchAll' | 'entries'>;

export interface ParsedRecipientsFile {
  readonly domains: readonly RecipientDomain[];
  readonly problems: readonly FileProblem[];
}

export function parseRecipientsFile(
  text: string,
  domains: readonly FiledDomain[],
): ParsedRecipientsFile {
  const people = new Map(
    // RFC 5321 §4.5.1, RFC 2142: these are there in every domain, named or not; mail for them must not be refused by its backup.
    domains.map((domain) => [
      domain.name,
      {
        domain,
        locals: new Set([...offices].map((office) => localKey(office, domain))),
        isOpen: false,
      },
    ]),
  );
  const problems: FileProblem[] = [];
  let found = 0;
  const read = (words: readonly string[]): string | undefined => {
    const [address = '', , more] = words;
    if (more !== undefined) return 'More than an address and a word behind it.';
    const parsed = address.startsWith('@') ? parseDomain(address.slice(1)) : parseAddress(address);
    if (!parsed.ok) return parsed.problem;
    const name = typeof parsed.value === 'string' ? parsed.value : parsed.value.domain;
    const known = people.get(name);
    if (known === undefined) return `${domainOf(address)} is not a domain this file is for.`;
    if (typeof parsed.value === 'string') known.isOpen = true;
    else known.locals.add(localKey(localPartOf(address), known.domain));
    found += 1;
    return undefined;
  };
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    const problem = read(words.split(/\s+/));
    if (problem !== undefined) problems.push({ line: index + 1, problem });
  }
  // A script that empties the file before it fills it must not make everybody unknown.
  if (found === 0 && problems.length === 0)
    problems.push({ line: 0, problem: 'The file names nobody.' });
  return { domains: [...people.values()].map(domainFrom), problems };
}

interface People {
  readonly domain: FiledDomain;
  readonly locals: ReadonlySet<string>;
  readonly isOpen: boolean;
}

function domainFrom({ domain, locals, isOpen }: People): RecipientSnapshot['domains'][number] {
  return {
    ...domain,
    // Who gets what nobody else gets is the home's business; that somebody does is all that is known here.
    ...(isOpen && { catchAll: `@${domain.name}` }),
    entries: [...locals].map((local) => ({ local, state: 'active' as const })),
  };
}
