// The shape of one command; commands/index.ts is the table of them.
//
// parse() reads all arguments (and throws BAD for what breaks the grammar) before run() does anything. run() says what is untagged and
// gives the end of the tagged OK; it throws a Refusal for NO or BAD. The border (session/run-command.ts) does the rest: state, updates
// of the selected folder, the tagged line.
import type { Session, SessionState } from '../session/session.ts';
import type { Reader } from '../wire/reader.ts';
import type { Ending } from '../wire/responder.ts';

export interface Command<Arguments = unknown> {
  /** In capitals; "UID FETCH" is one name. */
  readonly name: string;
  readonly allowedIn: readonly SessionState[];
  /**
   * What may be told of the selected folder before the tagged line. RFC 3501 §7.4.1: no EXPUNGE in answer to FETCH, STORE or SEARCH
   * (their UID forms may). Default 'all'.
   */
  readonly updates?: 'all' | 'all-but-expunge' | 'none';
  /** True: mail may have come by another process, so the folder is looked at before updates are told (NOOP, CHECK ...). */
  readonly looksAtDisk?: boolean;
  parse(reader: Reader, session: Session): Arguments;
  run(session: Session, args: Arguments): Promise<Ending | undefined>;
}

/** Valid everywhere. */
export const always: readonly SessionState[] = ['not-authenticated', 'authenticated', 'selected'];
export const beforeLogin: readonly SessionState[] = ['not-authenticated'];
export const afterLogin: readonly SessionState[] = ['authenticated', 'selected'];
export const whenSelected: readonly SessionState[] = ['selected'];

/** For commands without arguments. */
export function noArguments(reader: Reader): void {
  reader.end();
}
