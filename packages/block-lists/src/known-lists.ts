// What is known about lists beyond what DNS says: the ones that closed, and how some say that they do not serve us. Pure.
//
// A list that closed does not just fall silent: some have listed the whole world to be noticed, and others may buy the domain.

/** Zone -> what became of it. Zones below them count as well. */
const closed: ReadonlyMap<string, string> = new Map([
  ['ordb.org', 'ORDB ended in December 2006 and later listed the whole world'],
  ['sorbs.net', 'SORBS was switched off on 5 June 2024'],
  ['anti-spam.org.cn', 'CBL, CDL and CBL+ of anti-spam.org.cn are not published any more'],
  ['dsbl.org', 'DSBL ended in May 2008'],
  ['njabl.org', 'NJABL ended in March 2013'],
  ['ahbl.org', 'AHBL ended in 2014 and listed the whole world from 2015 on'],
  ['inps.de', 'The list of inps.de ended in 2020'],
  ['unsubscore.com', 'The UBL of unsubscore.com is not published any more'],
]);

/** Why this list is never asked; undefined for all others. */
export function closedBecause(zone: string): string | undefined {
  for (const [domain, fate] of closed) {
    if (zone === domain || zone.endsWith(`.${domain}`))
      return `${fate}. Remove ${zone} from the settings.`;
  }
  return undefined;
}

/** A list's way of saying "not to you". One sentence with what to do; undefined for every other answer. */
export function refusalOf(zone: string, code: string): string | undefined {
  switch (code) {
    case '127.255.255.252':
      return `${zone} is no list of its operator (127.255.255.252): there is a typing error in its name.`;
    case '127.255.255.254':
      return `${zone} does not answer public resolvers (127.255.255.254): let this site ask through a resolver of its own, or get a key from the list's operator.`;
    case '127.255.255.255':
      return `${zone} was asked too often (127.255.255.255): get a contract or a key from its operator, or remove it.`;
    case '127.0.0.255':
      return zone === 'list.dnswl.org' || zone.endsWith('.dnswl.org')
        ? `${zone} was asked too often (127.0.0.255): get access from its operator, or remove it.`
        : undefined;
    default:
      return code.startsWith('127.255.255.')
        ? `${zone} says that our question is wrong (${code}): look the code up at its operator, or remove it.`
        : undefined;
  }
}
