// Messages that servers like to disagree about. Each says in its name why it is here.

export interface CorpusMessage {
  readonly why: string;
  readonly text: string;
  /** Letters of the Maildir: D draft, F flagged, R answered, S seen, T deleted. */
  readonly letters?: string;
  /** INTERNALDATE; default one day after the message before. */
  readonly receivedAtMs?: number;
}

const attachment = Buffer.from('attached bytes \0 with a NUL\r\n'.repeat(20)).toString('base64');
const wrapped = attachment.replaceAll(/.{76}/g, '$&\r\n');
const flowed = 'This line =C3=A4 is soft=\r\n broken and ends with blanks =20\r\nnext\r\n';

export const corpus: readonly CorpusMessage[] = [
  {
    why: 'the plainest',
    text: mail(
      'From: Ana <ana@example.test>\nTo: bob@example.test\nSubject: tea\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nMessage-ID: <tea@x>',
      'Shall we have tea?\n',
    ),
    letters: 'S',
  },
  {
    why: 'an answer, with references',
    text: mail(
      'From: Bob <bob@example.test>\nTo: Ana <ana@example.test>, carl@example.test\nCc: dora@example.test\nSubject: Re: tea\nDate: Mon, 1 Jan 2024 12:00:00 +0200\nMessage-ID: <re-tea@x>\nIn-Reply-To: <tea@x>\nReferences: <tea@x>',
      'Yes, at five.\n',
    ),
    letters: 'RS',
  },
  {
    why: 'an answer to the answer, In-Reply-To only',
    text: mail(
      'From: carl@example.test\nTo: ana@example.test\nSubject: RE: Re: tea\nDate: Tue, 2 Jan 2024 09:00:00 -0500\nMessage-ID: <re-re-tea@x>\nIn-Reply-To: <re-tea@x>',
      'May I come as well?\n',
    ),
    letters: 'F',
  },
  {
    why: 'same subject, no references',
    text: mail(
      'From: Dora <dora@example.test>\nSubject: [list] Re: tea (fwd)\nDate: Wed, 3 Jan 2024 09:00:00 +0900\nMessage-ID: <dora@x>',
      'Forwarded.\n',
    ),
  },
  {
    why: 'encoded words in subject and names',
    text: mail(
      'From: =?UTF-8?Q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.test>\nTo: =?utf-8?B?5byg5LiJ?= <zhang@example.test>\nSubject: =?UTF-8?B?w4RwZmVs?= =?UTF-8?Q?_und_Birnen?=\nDate: Thu, 4 Jan 2024 23:30:00 -0800\nMessage-ID: <apfel@x>',
      'Obst.\n',
    ),
  },
  {
    why: 'raw UTF-8 in a header (RFC 6532)',
    text: mail(
      'From: Žofie <zofie@example.test>\nSubject: přání\nDate: Fri, 5 Jan 2024 08:00:00 +0100',
      'Ahoj.\n',
    ),
  },
  {
    why: 'alternative',
    text: multipart(
      'multipart/alternative; boundary="alt one"',
      'From: web@example.test\nTo: ana@example.test\nSubject: alternatives\nDate: Sat, 6 Jan 2024 08:00:00 +0000\nMessage-ID: <alt@x>',
      'alt one',
      [
        'Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n' +
          flowed.replaceAll('\r\n', '\n'),
        'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n\n<p>Grüße <b>marzipan</b></p>\n',
      ],
    ),
  },
  {
    why: 'mixed, with an attachment that has every field',
    text: multipart(
      'multipart/mixed; boundary=mix',
      'From: work@example.test\nTo: ana@example.test, bob@example.test\nSubject: papers\nDate: Sun, 7 Jan 2024 08:00:00 +0000\nMessage-ID: <mix@x>',
      'mix',
      [
        'Content-Type: text/plain\n\nSee the attachment.\n',
        `Content-Type: application/octet-stream; name="pa pers.bin"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="pa pers.bin"; size=580\nContent-ID: <part2@x>\nContent-Description: the papers\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\nContent-Language: en, de\nContent-Location: http://example.test/papers\n\n${wrapped.replaceAll('\r\n', '\n')}\n`,
      ],
    ),
    letters: 'FS',
  },
  {
    why: 'a message inside, which is a multipart itself',
    text: multipart(
      'multipart/mixed; boundary=outer',
      'From: fwd@example.test\nTo: ana@example.test\nSubject: Fwd: papers\nDate: Mon, 8 Jan 2024 08:00:00 +0000\nMessage-ID: <fwd@x>\nReferences: <mix@x>',
      'outer',
      [
        'Content-Type: text/plain; charset=us-ascii\n\nAs promised.\n',
        'Content-Type: message/rfc822\nContent-Disposition: inline\n\nFrom: inner@example.test\nTo: "Fwd, Er" <fwd@example.test>\nSubject: inside\nDate: Sun, 7 Jan 2024 08:00:00 +0000\nMessage-ID: <inner@x>\nContent-Type: multipart/alternative; boundary=inner\n\npreamble\n--inner\n\nplain inside\n--inner\nContent-Type: text/html\n\n<i>html inside</i>\n--inner--\nepilogue\n',
      ],
    ),
  },
  {
    why: 'a message inside that is no multipart',
    text: multipart(
      'multipart/digest; boundary=dig',
      'From: digest@example.test\nSubject: digest\nDate: Tue, 9 Jan 2024 08:00:00 +0000',
      'dig',
      [
        '\nFrom: one@example.test\nSubject: one\n\nfirst of the digest\n',
        '\nFrom: two@example.test\nSubject: two\n\nsecond of the digest\n',
      ],
    ),
  },
  {
    why: 'nothing but a message',
    text: mail(
      'From: only@example.test\nSubject: only\nDate: Wed, 10 Jan 2024 08:00:00 +0000\nMIME-Version: 1.0\nContent-Type: message/rfc822',
      'From: within@example.test\nSubject: within\n\nthe body within\n',
    ),
  },
  {
    why: 'groups, quoted names, comments, routes of old',
    text: mail(
      'From: "Quoted \\"Nick\\" Name" <quoted@example.test> (a comment)\nSender: <sender@example.test>\nReply-To: replies@example.test, Second <second@example.test>\nTo: Friends: ana@example.test, "Bob B." <bob@example.test>;, undisclosed-recipients:;\nBcc: hidden@example.test\nSubject: groups\nDate: Thu, 11 Jan 2024 08:00:00 +0000',
      'To many.\n',
    ),
  },
  {
    why: 'no header fields that anybody would expect',
    text: mail('X-Nothing: here', 'A body without a sender.\n'),
  },
  { why: 'empty body', text: 'From: empty@example.test\r\nSubject: empty\r\n\r\n' },
  { why: 'a header and nothing behind it', text: 'From: cut@example.test\r\nSubject: cut off\r\n' },
  {
    why: 'a date that cannot be understood',
    text: mail('From: when@example.test\nSubject: whenever\nDate: some time ago', 'Soon.\n'),
  },
  {
    why: 'folded and repeated fields',
    text: mail(
      'Received: from a\n\tby b;\n\tMon, 1 Jan 2024 00:00:00 +0000\nReceived: from c by d\nFrom: folded\n <folded@example.test>\nSubject: a subject\n that is\n\tfolded\nX-Folded: one\n two\nx-folded: three\nDate: Fri, 12 Jan 2024 08:00:00 +0000',
      'Folded.\n',
    ),
  },
  {
    why: 'an encoding nobody knows',
    text: mail(
      'From: odd@example.test\nSubject: odd encoding\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: x-odd',
      'undecodable\n',
    ),
  },
  {
    why: 'base64 text as the only part',
    text: mail(
      'From: b64@example.test\nSubject: base64\nDate: Sat, 13 Jan 2024 08:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64',
      `${Buffer.from('Žluťoučký kůň hides a quokka.\r\n').toString('base64')}\n`,
    ),
  },
  {
    why: 'a thread whose beginning is not here',
    text: mail(
      'From: late1@example.test\nSubject: Re: budget\nDate: Sun, 14 Jan 2024 08:00:00 +0000\nMessage-ID: <b1@x>\nReferences: <b0@x>',
      'First answer.\n',
    ),
  },
  {
    why: 'its sibling',
    text: mail(
      'From: late2@example.test\nSubject: Re: budget\nDate: Sun, 14 Jan 2024 07:00:00 +0000\nMessage-ID: <b2@x>\nReferences: <b0@x>',
      'Second answer, sent earlier.\n',
    ),
  },
  {
    why: 'below both, by a long chain',
    text: mail(
      'From: late3@example.test\nSubject: Re: budget\nDate: Mon, 15 Jan 2024 07:00:00 +0000\nMessage-ID: <b3@x>\nReferences: <b0@x> <b1@x> <missing@x>',
      'Third.\n',
    ),
  },
  {
    why: 'a Message-ID twice',
    text: mail(
      'From: twin@example.test\nSubject: twins\nDate: Tue, 16 Jan 2024 07:00:00 +0000\nMessage-ID: <tea@x>',
      'Not the tea you know.\n',
    ),
  },
  {
    why: 'a loop of references',
    text: mail(
      'From: loop@example.test\nSubject: loop a\nDate: Wed, 17 Jan 2024 07:00:00 +0000\nMessage-ID: <loop-a@x>\nReferences: <loop-b@x>',
      'a\n',
    ),
  },
  {
    why: 'the other half of the loop',
    text: mail(
      'From: loop@example.test\nSubject: loop b\nDate: Thu, 18 Jan 2024 07:00:00 +0000\nMessage-ID: <loop-b@x>\nReferences: <loop-a@x>',
      'b\n',
    ),
    letters: 'T',
  },
  {
    why: 'sizes and subjects for the sort: upper and lower case',
    text: mail(
      'From: zed@example.test\nTo: Zed <zed@example.test>\nSubject: apple\nDate: Fri, 19 Jan 2024 07:00:00 +0000',
      'x'.repeat(3000) + '\n',
    ),
    letters: 'DS',
  },
  {
    why: 'the same subject in capitals, the same date',
    text: mail(
      'From: Abe <abe@example.test>\nTo: abe@example.test\nCc: zed@example.test\nSubject: APPLE\nDate: Fri, 19 Jan 2024 07:00:00 +0000',
      'y'.repeat(100) + '\n',
    ),
  },
  {
    why: 'an empty subject',
    text: mail(
      'From: nil@example.test\nSubject:\nDate: Sat, 20 Jan 2024 07:00:00 +0000',
      'No subject.\n',
    ),
    letters: 'S',
  },
  {
    why: 'two dates apart: received long before it was sent',
    text: mail(
      'From: future@example.test\nSubject: from the future\nDate: Thu, 1 Jan 2037 00:00:00 +0000',
      'Hello past.\n',
    ),
    receivedAtMs: Date.UTC(2023, 5, 1, 23, 59, 59),
  },
  {
    why: 'a multipart without its boundaries',
    text: mail(
      'From: broken@example.test\nSubject: broken\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=never',
      'no boundary anywhere\n',
    ),
  },
  {
    why: 'a multipart that never ends',
    text: mail(
      'From: open@example.test\nSubject: open end\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=open',
      '--open\nContent-Type: text/plain\n\nfirst\n--open\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\n\nsecond, unfinished',
    ),
  },
  {
    why: 'parameters of RFC 2231',
    text: multipart(
      'multipart/mixed; boundary=p2231',
      'From: param@example.test\nSubject: parameters\nDate: Mon, 22 Jan 2024 07:00:00 +0000',
      'p2231',
      [
        'Content-Type: application/pdf;\n name*0="a long";\n name*1=" name"\nContent-Disposition: attachment;\n filename*=utf-8\'\'%C5%BElu%C5%A5.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n',
      ],
    ),
  },
];

function mail(header: string, body: string): string {
  return `${header}\n\n${body}`.replaceAll('\n', '\r\n');
}

function multipart(
  type: string,
  header: string,
  boundary: string,
  parts: readonly string[],
): string {
  const inner = parts.map((part) => `--${boundary}\n${part}`).join('');
  return mail(
    `${header}\nMIME-Version: 1.0\nContent-Type: ${type}`,
    `This is a message in parts.\n${inner}--${boundary}--\n`,
  );
}
