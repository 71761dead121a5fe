// Date and time as mail writes them (RFC 5322 §3.3), in UTC.

/** "Sun, 22 Nov 2026 15:04:05 +0000" */
export function rfc5322Date(atMs: number): string {
  return new Date(atMs).toUTCString().replace(/GMT$/, '+0000');
}
