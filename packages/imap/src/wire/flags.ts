// Flags a client may set (RFC 3501 §2.3.2): the system's in their canonical spelling, and keywords. \Recent is the server's.
import { bad } from './refusal.ts';

export const systemFlags: readonly string[] = [
  '\\Answered',
  '\\Deleted',
  '\\Draft',
  '\\Flagged',
  '\\Seen',
];

const canonical = new Map(systemFlags.map((flag) => [flag.toLowerCase(), flag]));

export function settableFlag(flag: string): string {
  if (!flag.startsWith('\\')) return flag;
  const known = canonical.get(flag.toLowerCase());
  if (known === undefined) throw bad(`The flag ${flag} cannot be set.`);
  return known;
}
