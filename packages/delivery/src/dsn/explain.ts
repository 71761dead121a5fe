// The part of a report that people read: what happened, to whom, what was said, what to do. Pure.
//
// Most readers never saw a mail server. Each text says first whether the mail arrived and whether anything is to be done;
// technical words come last and are marked as the other server's. A short Chinese text follows the English one.
import { formatReply } from '@restante/mail-model';
import type { DsnKind, DsnRecipient, DsnRequest } from './dsn-request.ts';
import { rfc5322Date } from './rfc5322-date.ts';

export const subjects: Readonly<Record<DsnKind, string>> = {
  failed: 'Your mail could not be delivered',
  delayed: 'Your mail is delayed, but safe',
  delivered: 'Your mail was delivered',
  relayed: 'Your mail was passed on',
};

export function explain(request: DsnRequest): string {
  const { kind, recipients, reportingMta } = request;
  const words = kind === 'failed' ? failed(recipients) : texts[kind];
  const lines = [
    `This is the mail server ${reportingMta}.`,
    '',
    ...words.english,
    '',
    ...recipients.flatMap((recipient) => describe(kind, recipient)),
    ...words.advice,
    '',
    'This report was written by a machine; nobody reads answers to it.',
    '',
    '* * *',
    '',
    ...words.chinese,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

interface Words {
  readonly english: readonly string[];
  readonly advice: readonly string[];
  readonly chinese: readonly string[];
}

const texts: Readonly<Record<Exclude<DsnKind, 'failed'>, Words>> = {
  delayed: {
    english: [
      'Your mail is still on its way to the people named below. Their server could',
      'not take it yet. It is kept safely here and will be tried again by itself.',
    ],
    advice: [
      'You need not do anything, and you need not send it again. If it cannot be',
      'delivered in the end, you will be told.',
    ],
    chinese: [
      '您的邮件尚未送达上述收件人，但已被妥善保存，',
      '系统会自动重试。您无需重新发送；如最终无法投递，会另行通知您。',
    ],
  },
  delivered: {
    english: [
      'You asked to be told: your mail has arrived in the mailboxes of the people',
      'named below.',
    ],
    advice: ['That says nothing about whether it has been read.'],
    chinese: ['应您的要求通知：您的邮件已送达上述收件人的邮箱。'],
  },
  relayed: {
    english: [
      'You asked to be told: your mail was passed on to the mail server of the',
      'people named below. That server sends no such reports; this is the last one.',
    ],
    advice: ['You need not do anything.'],
    chinese: [
      '应您的要求通知：您的邮件已转交给收件人的邮件服务器。',
      '该服务器不提供投递回执，因此不会再有后续通知。',
    ],
  },
};

function failed(recipients: readonly DsnRecipient[]): Words {
  const isExpired = recipients.every(({ reply }) => reply.code < 500);
  const why = isExpired
    ? [
        'We tried for several days, but their mail server could not take it. We have',
        'stopped trying.',
      ]
    : ['Their mail server refused it, and trying again would not help.'];
  const todo = isExpired
    ? ['You can send it again later, or reach the person in another way.']
    : [
        'Please check the address for typing errors. If it is right, the words of the',
        'other server above may say what is wrong; its postmaster can help.',
      ];
  return {
    english: [
      'We are sorry: your mail could not be delivered to the people named below.',
      ...why,
      'Anybody else you sent the same mail to is not affected by this report.',
    ],
    advice: todo,
    chinese: isExpired
      ? [
          '很抱歉，您的邮件未能送达上述收件人：对方服务器多日无法接收，我们已停止重试。',
          '请稍后重新发送，或以其他方式联系对方。其他收件人不受影响。',
        ]
      : [
          '很抱歉，您的邮件未能送达上述收件人：对方服务器拒收。',
          '请检查地址是否有误；如地址无误，请联系对方的邮件管理员。其他收件人不受影响。',
        ],
  };
}

function describe(
  kind: DsnKind,
  { address, reply, remoteMta, willRetryUntilMs }: DsnRecipient,
): readonly string[] {
  const who =
    remoteMta === undefined || remoteMta === 'mailbox'
      ? 'The answer was'
      : `The server ${oneLine(remoteMta)} said`;
  const until =
    kind === 'delayed' && willRetryUntilMs !== undefined
      ? [`    We keep trying until ${rfc5322Date(willRetryUntilMs)}.`]
      : [];
  return [
    `  ${oneLine(address)}`,
    `    ${who}:`,
    `    ${oneLine(formatReply(reply)).slice(0, 500)}`,
    ...until,
    '',
  ];
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]+/g, ' ');
}
