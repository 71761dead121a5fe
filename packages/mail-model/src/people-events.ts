// What happens around our own people: logins, what they send, and the papers the site shows for them.
export type PeopleEvent =
  /** The certificate the world sees could not be renewed as it should be; the old one stays. */
  | {
      readonly name: 'certificate.failed';
      readonly why: 'refused' | 'order-failed' | 'names-left-out';
    }
  /** A message of ours left without one of its signatures. */
  | { readonly name: 'dkim.failed' }
  /** Somebody tried to log in; how it ended, never who. */
  | {
      readonly name: 'login.ended';
      readonly protocol: 'imap' | 'pop3' | 'submission' | 'web';
      readonly outcome: 'in' | 'refused' | 'wait' | 'suspended' | 'unavailable';
    }
  /** An account has sent to as many people as it may; a stolen password looks like this. */
  | { readonly name: 'submission.limited'; readonly account: string };
