// The public face of @restante/mime.
export type { Envelope, MailAddress, MessagePart, ReadMessage } from './message.ts';
