// Every reply the edge chooses by itself, with its enhanced code (RFC 3463). The host's replies are not here.
//
// A person reading one knows what happened and what to do. Nothing the client said is repeated, so nothing can be injected.
import { type SmtpReply, smtpReply } from '@restante/mail-model';

const no = (code: number, enhanced: string, text: string): SmtpReply =>
  smtpReply(code, enhanced, text);

export const replies = {
  // Yes.
  senderOk: smtpReply(250, '2.1.0', 'Sender ok'),
  recipientOk: smtpReply(250, '2.1.5', 'Recipient ok'),
  // RFC 2034 §4: a 3xx reply has no enhanced code.
  sendData: smtpReply(354, '', 'Send the message; end it with <CRLF>.<CRLF>'),
  done: smtpReply(250, '2.0.0', 'Ok'),
  chunkTaken: (octets: number): SmtpReply => smtpReply(250, '2.0.0', `${octets} octets taken`),
  goodbye: smtpReply(221, '2.0.0', 'Goodbye'),
  readyForTls: smtpReply(220, '2.0.0', 'Go ahead, TLS'),
  help: smtpReply(
    214,
    '2.0.0',
    'This is a mail server, it speaks SMTP (RFC 5321); people write to the postmaster',
  ),
  // RFC 5321 §3.5.3: 252 gives nothing away (threat 11).
  cannotVerify: smtpReply(252, '2.5.0', 'Addresses are not verified here; send mail to find out'),

  // The session.
  tooManySessions: no(421, '4.3.2', 'Too many sessions here right now; please try again later'),
  tooManyOfAddress: no(
    421,
    '4.7.0',
    'Too many sessions from your address; close some and try again',
  ),
  // RFC 5321 §4.3.1: the client waits for the greeting.
  earlyTalker: no(554, '5.5.0', 'You spoke before the greeting; a mail client waits for it'),
  // RFC 2920 §3.1: some commands end a group; what was sent behind them is not executed.
  badPipelining: no(
    554,
    '5.5.0',
    'Improper pipelining: commands were sent behind one whose reply has to be read first',
  ),
  idle: no(421, '4.4.2', 'Nothing came for too long; closing, please come back when there is mail'),
  sessionTooLong: no(421, '4.4.2', 'This session has lasted too long; please open a new one'),
  messageTooSlow: no(
    421,
    '4.4.2',
    'The message came too slowly; nothing was taken, please try again',
  ),
  stopping: no(421, '4.3.2', 'This server is stopping; please try again in a moment'),
  tooManyBadCommands: no(421, '4.7.0', 'Too many commands that are not SMTP; closing'),
  ourFault: no(
    451,
    '4.3.0',
    'Something went wrong here; nothing was taken, please try again later',
  ),

  // Commands.
  unknownCommand: no(500, '5.5.2', 'Not a command of this server'),
  commandTooLong: no(500, '5.5.2', 'The command line is too long; it was not executed'),
  commandLineEnd: no(
    500,
    '5.5.2',
    'Command lines end in CRLF; this one had a bare CR or LF and was not executed',
  ),
  commandNotText: no(500, '5.5.2', 'The command is not valid UTF-8; it was not executed'),
  notImplemented: no(502, '5.5.1', 'This command is not offered here'),
  // RFC 2034 §3: replies to HELO and EHLO never carry an enhanced code.
  helloSyntax: no(501, '', 'Syntax: EHLO or HELO and your host name or [address]'),
  helloFirst: no(503, '5.5.1', 'Say EHLO or HELO first'),
  noArgument: no(501, '5.5.4', 'This command takes no argument'),
  argumentMissing: no(501, '5.5.4', 'This command needs an argument'),
  tlsAlready: no(503, '5.5.1', 'TLS is already on'),
  tlsNotOffered: no(502, '5.5.1', 'TLS is not offered here'),
  etrnNotAllowed: no(
    459,
    '4.7.1',
    'Only the sites of this cluster may ask for their mail, over TLS',
  ),

  // AUTH.
  loggedIn: smtpReply(235, '2.7.0', 'Logged in'),
  authChallenge: (bytes: Buffer): SmtpReply => smtpReply(334, '', bytes.toString('base64')),
  authSyntax: no(501, '5.5.4', 'Syntax: AUTH mechanism [initial-response]'),
  authAlready: no(503, '5.5.1', 'You are logged in already'),
  authInTransaction: no(503, '5.5.1', 'AUTH comes before MAIL'),
  authNeedsEhlo: no(503, '5.5.1', 'Say EHLO first'),
  // RFC 4954 §6.
  authNeedsTls: no(538, '5.7.11', 'Logging in needs an encrypted connection; say STARTTLS first'),
  mechanismUnknown: no(504, '5.5.4', 'This way of logging in is not offered here'),
  notBase64: no(501, '5.5.2', 'That was not base64, or not what this way of logging in expects'),
  authCancelled: no(501, '5.0.0', 'Logging in was cancelled'),
  authTooLong: no(500, '5.5.6', 'The line is too long for logging in'),
  loginRefused: no(
    535,
    '5.7.8',
    'Logging in failed: user name or password is not right. The user name is your full mail address',
  ),
  // RFC 5248 §2.4 (registry): told only to who knew the secret.
  accountDisabled: no(525, '5.7.13', 'This account is disabled; please ask the postmaster'),
  loginLater: (seconds: number): SmtpReply =>
    no(
      454,
      '4.7.0',
      `Too many wrong tries; wait ${seconds} seconds, check the saved password, then try again`,
    ),
  loginUnavailable: no(
    454,
    '4.7.0',
    'Logging in is not possible for the moment, through no fault of yours; please try again',
  ),
  tooManyLogins: no(421, '4.7.0', 'Too many failed logins in this session; closing'),
  authFirst: no(
    530,
    '5.7.0',
    'Please log in first: turn on authentication for the outgoing server in your mail program',
  ),
  tlsFirst: no(530, '5.7.0', 'Please say STARTTLS first, then log in'),

  // MAIL and RCPT.
  mailSyntax: no(501, '5.5.2', 'Syntax: MAIL FROM:<address>, then parameters'),
  rcptSyntax: no(501, '5.5.2', 'Syntax: RCPT TO:<address>, then parameters'),
  nestedMail: no(503, '5.5.1', 'A message has begun already; RSET ends it'),
  mailFirst: no(503, '5.5.1', 'MAIL comes first'),
  rcptAfterChunk: no(503, '5.5.1', 'Recipients come before the first chunk'),
  badSender: (problem: string): SmtpReply => no(501, '5.1.7', problem),
  badRecipient: (problem: string): SmtpReply => no(550, '5.1.3', problem),
  // RFC 6531 §3.5.
  utf8NotAsked: no(553, '5.6.7', 'An address with UTF-8 needs the SMTPUTF8 parameter at MAIL'),
  unknownParameter: (name: string): SmtpReply =>
    no(555, '5.5.4', `The parameter ${name} is not offered here`),
  badParameter: (problem: string): SmtpReply => no(501, '5.5.4', problem),
  // RFC 8689 §4.1: the parameter is only for sessions with TLS.
  requireTlsNeedsTls: no(530, '5.7.10', 'REQUIRETLS needs TLS; say STARTTLS first'),
  // RFC 1870 §6.1.
  tooLarge: (maxBytes: number): SmtpReply =>
    no(552, '5.3.4', `The message is larger than this server takes (${maxBytes} bytes)`),
  // RFC 5321 §4.5.3.1.10.
  tooManyRecipients: no(
    452,
    '4.5.3',
    'Too many recipients for one message; send the others in another one',
  ),

  // DATA and BDAT.
  rcptFirst: no(503, '5.5.1', 'MAIL and RCPT come first'),
  noRecipients: no(554, '5.5.1', 'None of the recipients was taken, so there is nobody to send to'),
  dataAfterChunk: no(503, '5.5.1', 'The message began with BDAT and has to end with BDAT LAST'),
  // RFC 3030 §3: a binary body can only come in chunks.
  binaryNeedsChunks: no(503, '5.5.1', 'BODY=BINARYMIME needs BDAT'),
  chunkSyntax: no(
    501,
    '5.5.4',
    'Syntax: BDAT octets, then LAST for the last; closing to stay in step',
  ),
  bareLf: no(
    550,
    '5.5.2',
    'The message has a line that ends in a bare LF; lines end in CRLF (RFC 5321 2.3.8), repair the sender',
  ),
  bareCr: no(
    550,
    '5.5.2',
    'The message has a CR that no LF follows; lines end in CRLF (RFC 5321 2.3.8), repair the sender',
  ),
  lineTooLong: (maxBytes: number): SmtpReply =>
    no(554, '5.6.0', `The message has a line of more than ${maxBytes} bytes; encode or fold it`),
  headerTooLarge: (maxBytes: number): SmtpReply =>
    no(
      552,
      '5.3.4',
      `The header of the message is larger than this server takes (${maxBytes} bytes)`,
    ),
} as const;
