// The shape of a command. A new one is a file and a line in index.ts.
import type { DropMessage, Maildrop } from '../session/maildrop.ts';
import type { Pop3State, Session } from '../session/session.ts';

export interface Pop3Command {
  readonly verb: string;
  readonly allowedIn: readonly Pop3State[];
  run(session: Session, argument: string): Promise<void> | void;
}

export const beforeLogin: readonly Pop3State[] = ['authorization'];
export const afterLogin: readonly Pop3State[] = ['transaction'];
export const always: readonly Pop3State[] = ['authorization', 'transaction'];

/** The maildrop of a session in the transaction state. */
export function maildropOf({ maildrop }: Session): Maildrop {
  if (maildrop === undefined) throw new Error('There is no maildrop in this state.');
  return maildrop;
}

/** The message a client means; undefined when there is none, and the client was told. */
export function messageOf(session: Session, argument: string): DropMessage | undefined {
  const message = /^\d{1,10}$/.test(argument)
    ? maildropOf(session).message(Number(argument))
    : undefined;
  if (message === undefined) session.no('There is no such message');
  return message;
}
