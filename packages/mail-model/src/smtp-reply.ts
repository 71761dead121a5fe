// One SMTP reply. Basic and enhanced code are built together so that they cannot disagree
// (RFC 3463 §2: the class of the enhanced code matches the class of the reply).
//
// The text is for a person: what happened, whether anything was lost, what to do. It never shows our insides.
export interface SmtpReply {
  /** Three digits, 200-599 (RFC 5321 §4.2). */
  readonly code: number;
  /** Enhanced status code such as "5.1.1" (RFC 3463); empty where RFC 2034 §4 wants none (greeting, EHLO). */
  readonly enhanced: string;
  /** Human text; lines are separated by "\n" and sent as a multi-line reply. */
  readonly text: string;
}

/** Builds a reply; the enhanced code must be of the same class as the basic one. */
export function smtpReply(code: number, enhanced: string, text: string): SmtpReply {
  if (enhanced !== '' && enhanced[0] !== String(Math.trunc(code / 100))) {
    throw new Error(`Reply ${code} cannot carry the enhanced code ${enhanced} of another class.`);
  }
  return { code, enhanced, text };
}

/** 2xx or 3xx: the other side said yes. */
export function isPositive(reply: SmtpReply): boolean {
  return reply.code >= 200 && reply.code < 400;
}

/** 4xx: try again later (RFC 5321 §4.2.1). */
export function isTransient(reply: SmtpReply): boolean {
  return reply.code >= 400 && reply.code < 500;
}

/** 5xx: do not repeat the same request (RFC 5321 §4.2.1). */
export function isPermanent(reply: SmtpReply): boolean {
  return reply.code >= 500 && reply.code < 600;
}

/** One line for logs and tables: "550 5.1.1 no such user". */
export function formatReply(reply: SmtpReply): string {
  return [String(reply.code), reply.enhanced, reply.text.replaceAll('\n', ' / ')]
    .filter((part) => part !== '')
    .join(' ');
}
