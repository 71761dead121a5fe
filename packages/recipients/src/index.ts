// The public face of @restante/recipients.
export { recipientsSection } from './config.ts';
