// Under which keys a site's timetable stands in Redis. The node and the offline tools must agree, or one would rebuild what
// the other never reads. Braces keep all keys of a site in one slot of a Redis Cluster.
export function timetablePrefix(site: string): string {
  return `{restante-${site}}`;
}
