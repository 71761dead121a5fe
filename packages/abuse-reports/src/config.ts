// [reports]: what others report about our mail, and what we report about theirs.
import { duration, flag, section, text } from '@restante/config';
import { parseAddress } from '@restante/mail-model';

export const reportsSection = section(
  'reports',
  {
    keptForMs: duration({
      default: '90d',
      min: '1d',
      max: '800d',
      about: 'How long counts of complaints and DMARC reports about our mail are kept.',
    }),
    sendsDmarcReports: flag({
      default: false,
      about:
        'Send the aggregate reports that domains ask for (rua=): once a day, how their mail fared here (RFC 9990).',
    }),
    sendsComplaints: flag({
      default: false,
      about:
        "Send a complaint (ARF, RFC 5965) to the sender's abuse address when one of our people moves mail of a verified sender to Junk.",
    }),
    contact: text({
      optional: true,
      example: 'postmaster@example.net',
      about: 'Mail address that stands in reports we send, and that they come from.',
    }),
    organization: text({
      optional: true,
      example: 'Example Mail',
      about: 'Name that stands in reports we send; without one the host name of the site.',
    }),
  },
  {
    about: 'Reports about mail: those of others, and our own.',
    checks: [
      ({ contact }) =>
        contact === undefined || parseAddress(contact).ok
          ? undefined
          : {
              field: 'contact',
              problem: 'is not a mail address',
              remedy: 'Write it as name@domain.',
            },
      ({ contact, sendsComplaints, sendsDmarcReports }) =>
        contact !== undefined || (!sendsComplaints && !sendsDmarcReports)
          ? undefined
          : {
              field: 'contact',
              problem: 'is missing, and reports are to be sent',
              remedy: 'Name a mail address of one of your own domains that somebody reads.',
            },
    ],
  },
);
