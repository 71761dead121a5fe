// Every way asking or answering can fail, at both ends of the wire: the server turns a code into a status, the client
// turns the answer back into the same code. Never branch on the text.
export const siteApiFailures = {
  SITE_UNREACHABLE: { retry: true, status: 503, meaning: 'The site does not answer.' },
  NOT_AUTHORIZED: { retry: false, status: 401, meaning: 'The site does not know who is asking.' },
  BAD_ANSWER: { retry: false, status: 502, meaning: 'The answer is not one of this interface.' },
  BAD_REQUEST: { retry: false, status: 400, meaning: 'The request is not one of this interface.' },
  TOO_LARGE: {
    retry: false,
    status: 413,
    meaning: 'The request is larger than this interface takes.',
  },
  NOT_FOUND: { retry: false, status: 404, meaning: 'There is nothing of that name here.' },
  ALREADY_THERE: { retry: false, status: 409, meaning: 'Something of that name is already there.' },
  NOT_POSSIBLE: { retry: false, status: 422, meaning: 'That cannot be done as things stand.' },
  NO_ACCOUNTS_HERE: {
    retry: false,
    status: 404,
    meaning: 'This site is the home of no mailboxes.',
  },
  NOT_NOW: { retry: true, status: 503, meaning: 'The site cannot do that right now.' },
  SITE_FAILED: { retry: true, status: 500, meaning: 'The site failed; its log says why.' },
} as const;

export type SiteApiFailureCode = keyof typeof siteApiFailures;

export interface SiteApiErrorOptions extends ErrorOptions {
  /** One sentence for the person who asked. It goes over the wire, so it shows nothing of our insides. */
  readonly detail?: string;
}

export class SiteApiError extends Error {
  override readonly name = 'SiteApiError';
  readonly code: SiteApiFailureCode;
  readonly detail: string;

  constructor(code: SiteApiFailureCode, { detail, ...options }: SiteApiErrorOptions = {}) {
    super(detail ?? siteApiFailures[code].meaning, options);
    this.code = code;
    this.detail = detail ?? siteApiFailures[code].meaning;
  }
}

/** True for a code of this catalogue; what came over the wire is untrusted. */
export function isSiteApiFailureCode(text: unknown): text is SiteApiFailureCode {
  return typeof text === 'string' && Object.hasOwn(siteApiFailures, text);
}
