// Which events of the product a person reads in the log, and how loud. The rest is for metrics and timelines: a line for
// every message would hide the few that matter.
import type { EventSink, RestanteEvent } from '@restante/mail-model';
import type { Logger, LogLevel } from '@restante/runtime';

type Said = readonly [level: LogLevel, sentence: string];

const said: Partial<Record<RestanteEvent['name'], Said>> = {
  'message.not-accepted': [
    'error',
    'A message could not be taken; its sender was asked to try again. Nothing is lost.',
  ],
  'message.expired': ['info', 'A message was given up at the end of its lifetime.'],
  'message.quarantined': [
    'warn',
    'What had been taken was refused for good by its home or mailbox; the message is held until somebody looks at it.',
  ],
  'message.unfinished': [
    'error',
    'A report or a release could not be written; the message is kept and this is done in a later round. Check the disk.',
  ],
  'message.duplicate': ['info', 'The same message came again; it was stored once.'],
  'message.held': ['info', 'A message is held.'],
  'message.deleted': ['info', 'A message was deleted.'],
  'submission.limited': [
    'warn',
    'An account has sent to as many people as it may within an hour or a day; a stolen password looks like this.',
  ],
  'account.suspicious': [
    'warn',
    'An account sends in a way that is not its own; "restante account show" says why.',
  ],
  'account.suspended': ['warn', 'An account is suspended.'],
  'account.resumed': ['info', 'An account is no longer suspended.'],
  'policy.failed': [
    'error',
    'A check of the policy failed by a fault of ours; the mail was judged without it.',
  ],
  'harvest.blocked': [
    'info',
    'An address or network guessed too many recipients and is sent away for a while.',
  ],
  'list.switched-off': [
    'warn',
    'A list in DNS is not well and counts for nothing until it is; see deploy/runbooks/strangers-and-spam.md.',
  ],
  'list.switched-on': ['info', 'A list in DNS is well again and counts.'],
  'scanner.changed': ['warn', 'A scanner is left alone after failures, or is used again.'],
  'doctor.problem': ['warn', 'The doctor found a problem; "restante doctor" says what to do.'],
  'doctor.mended': ['info', 'What the doctor had found is mended.'],
  'doctor.listed': ['warn', 'One of our addresses or domains is on a list of senders of spam.'],
  'notice.failed': [
    'error',
    'The operator could not be told of something by webhook or command; look at [notices].',
  ],
  'spool.sync-failed': [
    'error',
    'The disk refused a write or a sync: what was being taken was answered 451, what is held is safe. Check the disk.',
  ],
  'spool.torn-tail': [
    'warn',
    'The end of a segment was no whole record and was cut off: most likely an append that was never acknowledged. Its bytes are in spool/corrupt.',
  ],
  'spool.corrupt': [
    'error',
    'A damaged record was set aside in spool/corrupt. Look at it with "restante spool check".',
  ],
  'spool.low-space': ['warn', 'The disk is nearly full: new mail is asked to come later (452).'],
  'schedule.failed': [
    'warn',
    'Accepted messages could not be put on the timetable; they are safe and will be when Redis answers.',
  ],
  'schedule.repaired': ['info', 'The timetable was made to agree with the spool again.'],
  'reconcile.failed': [
    'error',
    'Spool and timetable could not be compared to the end; the next round goes on. No mail is lost.',
  ],
  'timetable.lost': [
    'warn',
    'Redis does not answer: mail is accepted and safe, nothing is delivered until it does.',
  ],
  'timetable.back': ['info', 'Redis answers: the timetable is compared with the spool.'],
  'job.failed': [
    'error',
    'Delivering failed through a fault of our own; it is tried again, nothing bounces.',
  ],
  'peer.changed': ['info', 'A home changed its state.'],
  'route.held': ['info', 'A route stands still.'],
  'route.released': ['info', 'A route moves again.'],
  'domain.held': ['info', 'A domain is held.'],
  'domain.released': ['info', 'A domain moves again.'],
  'drain.started': ['info', 'Handing over what waited.'],
  'drain.finished': ['info', 'Everything that waited is handed over.'],
  'mirror.updated': ['info', "The mirror of a home's recipients is new."],
  'mirror.failed': [
    'warn',
    "The mirror of a home's recipients could not be refreshed; the last one is still answered from.",
  ],
  'tls.policy-failed': [
    'warn',
    'An MTA-STS policy could not be fetched or kept; what was known before still holds.',
  ],
  'destination.changed': [
    'info',
    'A mail server of the world is left alone for a while, or is back.',
  ],
  'exit.changed': ['warn', 'Mail of a domain leaves through another site, or its own again.'],
  'report.read': ['info', 'A report of others about our mail came in.'],
  'report.sent': ['info', 'A report of ours about mail of others.'],
  'reports.set-aside': [
    'error',
    'The file with the counts of reports was damaged: it is set aside, and counting begins anew. No mail is concerned.',
  ],
  'reports.tally-lost': [
    'warn',
    'Some messages could not be counted for DMARC reports; mail goes on.',
  ],
  'site.started': ['info', 'The site is accepting mail.'],
  'site.stopping': ['info', 'The site is stopping.'],
};

export function logEvents(logger: Logger): EventSink {
  return (event) => {
    const line = said[event.name];
    if (line === undefined) return;
    const [level, sentence] = line;
    const { name, ...fields } = event;
    logger[level]({ event: name, ...fields }, sentence);
  };
}
