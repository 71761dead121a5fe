// [reports]: what others report about our mail, and what we report about theirs.
import { duration, flag, section, text, type SectionProblem } from '@restante/config';
import { needsSmtpUtf8, parseAddress } from '@restante/mail-model';

interface Sending {
  readonly contact?: string | undefined;
  readonly sendsDmarcReports: boolean;
  readonly sendsComplaints: boolean;
}

export function contactIsAnAddress({ contact }: Sending): SectionProblem<'contact'> | undefined {
  if (contact === undefined || (parseAddress(contact).ok && !needsSmtpUtf8(contact)))
    return undefined;
  return {
    field: 'contact',
    problem: 'is not a mail address, or not one that everybody can write to',
    remedy: 'Write it as name@domain, in plain letters.',
  };
}

export function whoSendsReportsCanBeAsked(sending: Sending): SectionProblem<'contact'> | undefined {
  const { contact, sendsComplaints, sendsDmarcReports } = sending;
  if (contact !== undefined || (!sendsComplaints && !sendsDmarcReports)) return undefined;
  return {
    field: 'contact',
    problem: 'is missing, and reports are to be sent',
    remedy: 'Name a mail address of one of your own domains that somebody reads.',
  };
}

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
        "Send complaints (ARF, RFC 5965) about unwanted mail to the abuse address of its sender's domain, when SPF or DKIM shows that it is his.",
    }),
    contact: text({
      optional: true,
      example: 'postmaster@example.net',
      about:
        'Mail address that reports we send come from, and that stands in them; of one of your own domains.',
    }),
    organization: text({
      optional: true,
      example: 'Example Mail',
      about: 'Name that stands in reports we send; without one the host name of the site.',
    }),
  },
  {
    about: 'Reports about mail: those of others, and our own.',
    checks: [contactIsAnAddress, whoSendsReportsCanBeAsked],
  },
);
