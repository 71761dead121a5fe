// Messages of our own making, normal and nasty, each with what it is about. Where our reading is meant to differ from Dovecot's, it
// says why. Written with LF; the tests make it CRLF.

export interface NastyMessage {
  readonly text: string;
  /** Why we read it otherwise than Dovecot 2.3 does. */
  readonly differs?: string;
}

const from = 'From: ana@a.test\n';

export const nastyMessages: Readonly<Record<string, NastyMessage>> = {
  'an ordinary letter': {
    text: `From: Ana <ana@a.test>\nTo: b@b.test\nSubject: hi\nDate: Mon, 1 Jan 2024 10:00:00 +0800\nMessage-ID: <1@x>\nIn-Reply-To: <0@x>\n\nhello\nworld\n`,
  },
  'no line end at the end': { text: 'Subject: x\n\na\nb' },
  'no header at all': { text: 'just text\nwithout header\n\nbody\n' },
  'nothing at all': { text: '' },
  'only a header': { text: 'Subject: x\n' },
  'a line in the header that is no field': {
    text: 'Subject: x\nThis is no header\nTo: a@b\n\nbody\n',
  },
  'a line of mbox before the header': { text: 'From ana Mon Jan 1\nSubject: x\n\nx\n' },
  'folded fields': { text: 'Subject: a\n\tb\n  c\nTo: a@b,\n c@d\n\nx\n' },
  'blanks before the colon': { text: 'Subject : x\nFrom\t: a@b\n\nx\n' },
  'fields that stand twice': {
    text: 'Subject: one\nSubject: two\nFrom: a@b\nFrom: c@d\nTo: e@f\nTo: g@h\nDate: one\nDate: two\nMessage-ID: <1>\nMessage-ID: <2>\n\nx\n',
  },
  'fields without a value': { text: 'Subject:\nTo:\nMessage-ID:\n\nx\n' },
  groups: {
    text: 'To: team: a@b, "X, Y" <c@d>;\nCc: undisclosed-recipients:;\nBcc: A: b@c\n\nx\n',
  },
  'addresses of RFC 5322, appendix A': {
    text: `From: "Joe Q. Public" <john.q.public@example.com>\nTo: Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>\nCc: <boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>\nReply-To: foo@bar.com (Foo Bar)\n\nx\n`,
  },
  'comments in addresses': {
    text: 'From: Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>\nTo: (empty)(x) c@d\nCc: (only comment)\nSender: a@b (c1) (c2)\n\nx\n',
  },
  'addresses that lack something': {
    text: 'From: foo\nTo: <>\nCc: Name <>\nBcc: a@\nReply-To: @b\n\nx\n',
  },
  'local parts with dots and quotes': {
    text: 'From: a@[1.2.3.4]\nCc: "quoted local"@x.test\nBcc: a.@b, .a@b, a..b@c\n\nx\n',
  },
  'encoded words': {
    text: 'From: =?iso-8859-1?q?J=F6rg?= <j@x>\nTo: "=?utf-8?Q?q?=" <q@x>\nSubject: =?utf-8?B?w7Y=?= =?utf-8?B?w7Y=?=\n\nx\n',
  },
  'raw UTF-8': { text: 'From: Jörg <j@x>\nSubject: Grüße\n\nx\n' },
  'a group without a comma behind it': {
    text: 'To: a:b@c; e@f\n\nx\n',
    differs: 'Dovecot drops e@f; a person is not dropped.',
  },
  'blanks around dots and "@"': {
    text: `${from}Sender: john . doe @ example . com\n\nx\n`,
    differs: 'RFC 5322 §4.4 allows it.',
  },
  'a source route': {
    text: 'From: <@r1,@r2:a@b>\n\nx\n',
    differs: 'Nobody routes by it; we leave it out.',
  },
  'an address as its own name, without quotes': {
    text: 'From: ana@a.test <ana@a.test>\n\nx\n',
    differs: 'We keep the name.',
  },
  'a forgotten comma': { text: 'To: a@b c@d\n\nx\n', differs: 'We find both.' },
  'a quote nobody closes': {
    text: `${from}Reply-To: "unclosed <a@b>\n\nx\n`,
    differs: 'We find the address.',
  },
  'two parts, every field of a part': {
    text: 'Content-Type: multipart/alternative; boundary="b1"\nMIME-Version: 1.0\n\npreamble\n--b1\nContent-Type: text/plain\n\nplain\n--b1\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\nContent-ID: <x>\nContent-Description: d d\nContent-Disposition: attachment; filename="a b.txt"; size=4\nContent-Language: en, de\nContent-Location: http://x/\nContent-MD5: abc\n\nabcd\nefgh\n--b1--\nepilogue\n',
  },
  'a boundary that begins another, outside': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--ab--\n--a\n\ntwo\n--a--\n',
  },
  'a boundary that begins another, inside': {
    text: 'Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--ab\n\ntwo\n--ab--\n',
  },
  'the same boundary twice': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--a\n\ntwo\n--a--\n',
  },
  'a boundary that is whole, inside of one that only begins the line': {
    text: 'Content-Type: multipart/mixed; boundary="a-"\n\n--a-\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n\n--a---\n',
  },
  'a boundary that is whole, outside of one that only begins the line': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary="a-"\n\n--a-\n\none\n--a--\n',
    differs: 'We close what is named exactly.',
  },
  'a multipart nobody closes': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--a\n\ntwo\n',
  },
  'a multipart without a boundary': {
    text: 'Content-Type: multipart/mixed\n\n--a\n\none\n--a--\n',
  },
  'a multipart with an empty boundary': {
    text: 'Content-Type: multipart/mixed; boundary=""\n\n--\n\none\n----\n',
    differs: 'RFC 2046 §5.1.1: a boundary has at least one character; "-- " begins signatures.',
  },
  'a multipart without parts': { text: 'Content-Type: multipart/mixed; boundary=a\n\nnothing\n' },
  'a multipart that is only closed': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a--\n',
  },
  'a digest': {
    text: 'Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: one\n\nx\n--a\nContent-Type: text/plain\n\ntwo\n--a--\n',
  },
  'a part cut off in its header': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n--a\nContent-Type: text/plain\n\nx\n--a--\n',
  },
  'blanks behind boundaries': {
    text: 'Content-Type: multipart/mixed; boundary="a"\n\n--a   \n\none\n--a  \n\ntwo\n--a--   \n',
  },
  'a message that is a message': {
    text: 'Content-Type: message/rfc822\n\nSubject: in\nTo: a@b\n\nbody\nx\n',
  },
  'a message inside, encoded though it must not be': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKeA==\n--a--\n',
  },
  'a message inside that is empty': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\n--a--\n',
  },
  'a closed multipart in a message inside': {
    text: 'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: multipart/mixed; boundary=ccc\n\n--ccc\n\nin\n--ccc--\n--a--\n',
    differs:
      'RFC 2046 §5.1.1: the line end before a boundary is the boundary’s; Dovecot counts it to the message.',
  },
  'message/global': {
    text: 'Content-Type: message/global\n\nSubject: in\n\nx\n',
    differs: 'RFC 9051 §9, media-message: a message like message/rfc822.',
  },
  'a delivery report': {
    text: 'Content-Type: multipart/report; report-type=delivery-status; boundary=a\n\n--a\n\nx\n--a\nContent-Type: message/delivery-status\n\nReporting-MTA: x\n\nFinal-Recipient: y\n--a\nContent-Type: text/rfc822-headers\n\nSubject: z\n--a--\n',
  },
  'a type without subtype': {
    text: 'Content-Type: text\n\nx\n',
    differs: 'RFC 2045 §5.2: what cannot be read is text/plain.',
  },
  'a type that is none': {
    text: 'Content-Type: foo bar/baz\n\nx\n',
    differs: 'RFC 2045 §5.2: what cannot be read is text/plain.',
  },
  'two types': { text: 'Content-Type: text/html\nContent-Type: text/plain\n\nx\n' },
  'parameters quoted, commented, unfinished': {
    text: `Content-Type: text/plain; charset="utf-8" (comment); format=flowed; name="q\\"x"; empty="";\n\nx\n`,
  },
  'a continued parameter': {
    text: 'Content-Type: application/x-foo; name*0="a b"; name*1*=%20c\n\nx\n',
    differs: 'RFC 3501 §7.4.2 shows parameters as they stand; Dovecot joins them.',
  },
  'a name with spaces but no quotes': {
    text: 'Content-Type: text/plain; name=a b c.txt\n\nx\n',
    differs: 'We keep the whole name.',
  },
  'an encoding with a comment': {
    text: 'Content-Transfer-Encoding: Base64 (x)\n\nx\n',
    differs: 'Dovecot takes it for 7bit, and the text is unreadable.',
  },
  'everything in capitals': {
    text: 'Content-Language: en\nContent-Disposition: INLINE\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\nContent-Transfer-Encoding: 8BIT\n\nx\n',
  },
  'a bare CR': { text: 'Subject: a\rb\n\nx\ry\n' },
};
