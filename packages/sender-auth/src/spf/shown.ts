// What a stranger wrote, fit for a problem that people read in logs and headers: printable ASCII, quoted, not long.
const shownMax = 80;

export function shown(text: string): string {
  const safe = text.slice(0, shownMax + 1).replace(/[^\x20-\x7e]|["\\]/g, '?');
  return safe.length > shownMax ? `"${safe.slice(0, shownMax)}..."` : `"${safe}"`;
}
