// One door for strangers and for our own people (25, 26): who has logged in is served as a person, everybody else as before.
import type { EdgeHost, EdgeSession } from '@restante/smtp';

export interface TwoHosts {
  readonly strangers: EdgeHost;
  readonly people: EdgeHost;
}

export function withPeople({ strangers, people }: TwoHosts): EdgeHost {
  const hostOf = ({ account }: EdgeSession) => (account === undefined ? strangers : people);
  const { credentialsFor } = people;
  return {
    ...(credentialsFor === undefined ? {} : { credentialsFor }),
    // Nobody has logged in yet. What is only known of an address, not of who uses it (block lists), has to be judged at MAIL: then
    // a person on such a list can still log in here.
    judgeConnection: (session) => strangers.judgeConnection(session),
    greetsAtOnce: (session) => strangers.greetsAtOnce?.(session) === true,
    closed: (session) => strangers.closed(session),
    judgeSender: (session, mail) => hostOf(session).judgeSender(session, mail),
    judgeRecipient: (session, asked) => hostOf(session).judgeRecipient(session, asked),
    beginMessage: (session, asked) => hostOf(session).beginMessage(session, asked),
    startDrain: (session, domain) => strangers.startDrain(session, domain),
  };
}
