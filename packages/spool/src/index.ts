// The public face of @restante/spool.
export { spoolSection } from './config.ts';
