// What a command that cannot be done is answered with. Thrown anywhere below the command border, caught only there (run-command.ts).
//
// BAD is the client's mistake in the protocol, NO is a request we understood and do not fulfil (RFC 3501 §7.1).
// The codes are those of RFC 5530 and of the extensions.

export type RefusalCode =
  | 'ALERT'
  | 'ALREADYEXISTS'
  | 'AUTHENTICATIONFAILED'
  | 'AUTHORIZATIONFAILED'
  | 'BADCHARSET'
  | 'BADCOMPARATOR'
  | 'BADEVENT'
  | 'CANNOT'
  | 'CLIENTBUG'
  | 'COMPRESSIONACTIVE'
  | 'CONTACTADMIN'
  | 'EXPIRED'
  | 'EXPUNGEISSUED'
  | 'HASCHILDREN'
  | 'INUSE'
  | 'LIMIT'
  | 'MODIFIED'
  | 'NONEXISTENT'
  | 'NOPERM'
  | 'NOTSAVED'
  | 'NOUPDATE'
  | 'OVERQUOTA'
  | 'PRIVACYREQUIRED'
  | 'READ-ONLY'
  | 'SERVERBUG'
  | 'TOOBIG'
  | 'TRYCREATE'
  | 'UNAVAILABLE'
  | 'UNKNOWN-CTE'
  | 'USEATTR';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 'NO' | 'BAD';
  /** Response code without brackets, arguments included. */
  readonly code: string | undefined;

  constructor(status: 'NO' | 'BAD', text: string, code?: string) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

/** The client broke the grammar. */
export function bad(text: string, code?: RefusalCode): Refusal {
  return new Refusal('BAD', text, code);
}

/** Understood, and not done. */
export function no(code: RefusalCode | undefined, text: string): Refusal {
  return new Refusal('NO', text, code);
}
