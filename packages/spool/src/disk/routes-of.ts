// How the spool learns the next hops of a message; what they mean is the caller's business.
import type { SpoolOptions } from '../spool.ts';

export type RoutesOf = SpoolOptions['routesOf'];
