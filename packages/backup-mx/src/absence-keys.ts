// Under which keys the outage log keeps what stands between mail and its next hop. A route alone means: its far end is away.

/** Nobody ran here; counts for every route. */
export const ourselves = 'ourselves';

/** The timetable was away, so nothing was tried; counts for every route. */
export const redisAway = 'redis';

const operatorPrefix = 'operator:';
const domainPrefix = 'domain:';

/** An operator held the route. */
export function operatorHold(route: string): string {
  return `${operatorPrefix}${route}`;
}

/** An operator held the domain. */
export function domainHold(domain: string): string {
  return `${domainPrefix}${domain}`;
}

/** True for the keys of operators' holds. */
export function isHold(key: string): boolean {
  return key.startsWith(operatorPrefix) || key.startsWith(domainPrefix);
}
