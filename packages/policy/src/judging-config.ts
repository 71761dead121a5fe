// [judging]: what a site makes of who a stranger is and what he brings. Sites differ: [site.judging] (Shanghai gentle, the US stricter).
import { count, duration, flag, list, oneOf, section, text } from '@restante/config';
import { domainProfileForm } from './profile.ts';

const points = (about: string, value: number) => count({ default: value, max: 100, about });
const domainName = text({
  about: '',
  pattern: /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i,
  remedy: 'Write a domain such as "lists.example.org".',
});

export const judgingSection = section(
  'judging',
  {
    enabled: flag({
      default: true,
      about: 'Judge strangers at all. Rates and the guard against guessed addresses hold anyway.',
    }),
    exemptNetworks: list(
      text({
        about: '',
        pattern: /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/,
        remedy: 'Write addresses or networks such as "192.0.2.0/24".',
      }),
      {
        default: [],
        about: 'Addresses and networks that are not judged: an office, a forwarder of our people.',
      },
    ),
    tagPoints: points(
      'From this sum of points on, mail is likely spam (Junk folder); 0: never.',
      5,
    ),
    definitePoints: points('From this sum on it is certainly spam (Subject marked); 0: never.', 10),
    refusePoints: points('From this sum on it is refused; 0: never.', 0),
    subjectMark: text({
      default: ':SPAM:',
      pattern: /^[\x21-\x7e]{0,40}$/,
      remedy: 'Write one word of ASCII, or "" for none.',
      about: 'What is put before the Subject of what is certainly spam; "" for nothing.',
    }),
    listRefusePoints: points(
      'An address or domain whose lists weigh this much together is refused; 0: never.',
      6,
    ),
    spfOnFail: oneOf(['note', 'refuse', 'off'], {
      default: 'note',
      about: 'What SPF fail means: it weighs, it refuses, or SPF is not looked at.',
    }),
    spfFailPoints: points('Weight of SPF fail.', 4),
    spfSoftfailPoints: points('Weight of SPF softfail.', 1),
    dmarc: oneOf(['follow', 'tag', 'note', 'off'], {
      default: 'follow',
      about:
        'When mail fails DMARC: do what the domain asks for, mark it at most, only weigh it, or do not look.',
    }),
    dmarcFailPoints: points('Weight of failing DMARC.', 2),
    ownDomains: oneOf(['refuse', 'tag', 'off'], {
      default: 'refuse',
      about:
        'Mail that says it is from a domain of this cluster, without our signature or a login.',
    }),
    trustedSealers: list(domainName, {
      default: [],
      example: ['lists.example.org'],
      about:
        'Domains whose ARC seal is believed: mailing lists and forwarders that change mail on its way.',
    }),
    reverseName: oneOf(['note', 'refuse', 'off'], {
      default: 'note',
      about: 'A client whose address has no name that leads back to it.',
    }),
    reverseNamePoints: points('Weight of that.', 1),
    heloLie: oneOf(['refuse', 'note', 'off'], {
      default: 'refuse',
      about: 'A client that greets with a name of ours.',
    }),
    heloPoints: points('Weight of a greeting that is no full name.', 1),
    whenDnsIsDown: oneOf(['accept', 'defer'], {
      default: 'accept',
      about: 'An SPF record that cannot be found out: the mail is taken, or asked to come later.',
    }),
    senderBudgetMs: duration({
      default: '8s',
      min: '100ms',
      max: '1min',
      about: 'Longest time for all that is asked about a sender (SPF, reverse name, lists).',
    }),
    contentBudgetMs: duration({
      default: '30s',
      min: '100ms',
      max: '5min',
      about: 'Longest time for all that is asked about a message (signatures, scanners).',
    }),
    signaturesMax: count({
      default: 8,
      min: 1,
      max: 50,
      about: 'DKIM signatures of a message that are checked.',
    }),
    domains: list(
      text({
        about: '',
        pattern: new RegExp(domainProfileForm.source, 'i'),
        remedy: 'Write "DOMAIN off", or "DOMAIN tag=3 definite=6 refuse=8".',
      }),
      {
        default: [],
        example: ['shop.example off', 'bank.example tag=3 refuse=8'],
        about: 'Domains of ours with thresholds of their own, or that want everything.',
      },
    ),
  },
  {
    about:
      'What is made of who a stranger is and what he brings. Sites may differ: put a [site.judging] below the [[site]]; it holds for mail to the domains at home there, at whichever site it comes in.',
    checks: [
      ({ tagPoints, definitePoints }) =>
        definitePoints === 0 || tagPoints <= definitePoints
          ? undefined
          : {
              field: 'definitePoints',
              problem: 'is less than tag_points',
              remedy: 'What is certainly spam is at least likely spam; make it larger.',
            },
    ],
  },
);
