// Wildcards of LIST (RFC 3501 §6.3.8): "*" is anything, "%" anything but "/".
//
// Promise: time grows with the length of the name and of the pattern multiplied, whatever the pattern; nothing is tried twice. A pattern
// with more letters than the name has is not even looked at.

export interface ListPattern {
  matches(name: string): boolean;
  /** What every match begins with. */
  readonly prefix: string;
}

export function listPattern(text: string): ListPattern {
  // "%*" and "**" mean "*"; what is left has a letter between any two wildcards.
  const pattern = text.replaceAll(/[*%]*\*[*%]*/g, '*').replaceAll(/%+/g, '%');
  const letters = pattern.replaceAll(/[*%]/g, '').length;
  const prefix = /^[^*%]*/.exec(pattern)?.[0] ?? '';
  if (prefix === pattern) return { prefix, matches: (name) => name === pattern };
  const rest = pattern.slice(prefix.length);
  return {
    prefix,
    matches: (name) =>
      name.length >= letters && name.startsWith(prefix) && matchRest(rest, name, prefix.length),
  };
}

/** Which ends of the name are reachable, one letter of the pattern after the other. */
function matchRest(pattern: string, name: string, from: number): boolean {
  const length = name.length - from;
  let reachable = new Uint8Array(length + 1);
  reachable[0] = 1;
  for (const mark of pattern) {
    const next = new Uint8Array(length + 1);
    let isOpen = false;
    let isAlive = false;
    for (let at = 0; at <= length; at += 1) {
      if (mark === '*' || mark === '%') {
        // A "%" does not go across the "/" before this place.
        if (mark === '%' && at > 0 && name[from + at - 1] === '/') isOpen = false;
        isOpen = isOpen || reachable[at] === 1;
        if (isOpen) next[at] = 1;
      } else if (at > 0 && reachable[at - 1] === 1 && name[from + at - 1] === mark) next[at] = 1;
      if (next[at] === 1) isAlive = true;
    }
    if (!isAlive) return false;
    reachable = next;
  }
  return reachable[length] === 1;
}
