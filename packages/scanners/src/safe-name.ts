// Names that a scanner gave: of rules, of viruses. They go into header fields, logs and replies, so nothing but plain
// characters stays, and not many. Pure.
const nameMaxChars = 64;

export function safeName(text: string): string {
  return text.slice(0, nameMaxChars).replaceAll(/[^\w.:/{}+()-]/g, '_');
}
