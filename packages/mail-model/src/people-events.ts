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
  | { readonly name: 'submission.limited'; readonly account: string }
  /** An account sends in a way that is not its own; `why` names the signals. */
  | {
      readonly name: 'account.suspicious';
      readonly account: string;
      readonly points: number;
      readonly action: 'suspend' | 'notify';
      readonly why: string;
    }
  | {
      readonly name: 'account.suspended';
      readonly account: string;
      readonly scope: 'sending' | 'all';
      readonly by: 'operator' | 'watch';
      readonly isConfirmedSpammer: boolean;
    }
  | { readonly name: 'account.resumed'; readonly account: string }
  /** The operator was told of something by another way than mail. */
  | {
      readonly name: 'notice.sent';
      readonly via: 'webhook' | 'command';
      readonly kind: string;
    }
  | {
      readonly name: 'notice.failed';
      readonly via: 'webhook' | 'command';
      readonly kind: string;
      readonly title: string;
      readonly cause: unknown;
    };
