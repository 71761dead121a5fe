// The public face of @restante/health.
export { healthSection } from './config.ts';
