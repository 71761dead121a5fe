// When two texts in DNS say the same. Pure.

export function sameTarget(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(name: string): string {
  return name === '.' ? name : name.replace(/\.$/, '').toLowerCase();
}

/** Tag lists (DKIM, DMARC, MTA-STS): the same tags with the same values, white space and order aside (RFC 6376 §3.2). */
export function sameTags(one: string, other: string): boolean {
  const [left, right] = [tagsOf(one), tagsOf(other)];
  return left.size === right.size && [...left].every(([tag, value]) => right.get(tag) === value);
}

function tagsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=');
        // Keys are long and get broken by people and forms; white space in them means nothing.
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).replaceAll(/\s+/g, '')];
      }),
  );
}

/** Everything we want is in it, before its end; it may have more exits than ours. How it ends is the operator's choice. */
export function spfCovers(found: string, wanted: string): boolean {
  const have = found.toLowerCase().split(/\s+/);
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => !term.endsWith('all'))
    .every((term) => have.includes(term));
}
