// Reads the few fields of a message's header that decide about reports. Only the first `headerMaxLength` characters count.
const headerMaxLength = 262_144;

/** Unfolded values of a field, in order (RFC 5322 §2.2.3). */
export function fieldValues(header: string, name: string): readonly string[] {
  const values: string[] = [];
  const prefix = `${name.toLowerCase()}:`;
  let value: string | undefined;
  for (const line of header.slice(0, headerMaxLength).split(/\r?\n/)) {
    if (line === '') break;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (value !== undefined) value += ` ${line.trim()}`;
      continue;
    }
    if (value !== undefined) values.push(value.trim());
    // RFC 5322 §4.5.8: obsolete syntax allows spaces before the colon.
    const start = line.slice(0, prefix.length + 8).replace(/[ \t]+:/, ':');
    value = start.toLowerCase().startsWith(prefix) ? line.slice(line.indexOf(':') + 1) : undefined;
  }
  if (value !== undefined) values.push(value.trim());
  return values;
}
