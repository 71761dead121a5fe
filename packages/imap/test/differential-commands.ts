// What both servers are asked, by rule. What stands in «» is sent as a literal.

type Asked = readonly (readonly [rule: string, commands: readonly string[]])[];

export const fetches: Asked = [
  [
    'what is in memory (RFC 3501 §6.4.5)',
    [
      'FETCH 1:* (FLAGS UID INTERNALDATE RFC822.SIZE)',
      'UID FETCH 3,5:7,* (FLAGS)',
      'FETCH *:30,2 FAST',
    ],
  ],
  ['ENVELOPE (RFC 3501 §7.4.2)', ['FETCH 1:* ENVELOPE', 'FETCH 1:* ALL']],
  ['BODY and BODYSTRUCTURE (RFC 3501 §7.4.2)', ['FETCH 1:* BODY', 'FETCH 1:* BODYSTRUCTURE']],
  [
    'sections (RFC 3501 §6.4.5)',
    [
      'FETCH 1:* BODY.PEEK[]',
      'FETCH 1:* (RFC822.HEADER BODY.PEEK[HEADER] BODY.PEEK[TEXT])',
      'FETCH 1:* BODY.PEEK[HEADER.FIELDS (from SUBJECT x-folded missing)]',
      'FETCH 1:* BODY.PEEK[HEADER.FIELDS.NOT (from received)]',
      'FETCH 1:* (BODY.PEEK[1] BODY.PEEK[2] BODY.PEEK[1.MIME] BODY.PEEK[2.MIME])',
      'FETCH 1:* (BODY.PEEK[2.1] BODY.PEEK[2.2.MIME] BODY.PEEK[2.HEADER] BODY.PEEK[2.TEXT] BODY.PEEK[1.1])',
      'FETCH 1:* (BODY.PEEK[1.HEADER] BODY.PEEK[2.HEADER.FIELDS (subject)] BODY.PEEK[9.9.9])',
      'FETCH 1:* (BODY.PEEK[]<10.20> BODY.PEEK[TEXT]<0.5> BODY.PEEK[]<100000.10>)',
    ],
  ],
  [
    'parts without their encoding (RFC 3516 §4.2)',
    [
      'FETCH 7:10,19,32 (BINARY.PEEK[1] BINARY.SIZE[1])',
      'FETCH 7:9 (BINARY.PEEK[2] BINARY.SIZE[2] BINARY.PEEK[2]<5.10>)',
      'FETCH 18 BINARY.PEEK[1]',
    ],
  ],
  [
    'what breaks the grammar (RFC 3501 §9)',
    [
      'FETCH 1 NOTHING',
      'FETCH 1 (FLAGS',
      'FETCH 1 BODY[',
      'FETCH 0 FLAGS',
      'FETCH 1 BODY[MIME]',
      'FETCH 1 ()',
      'FETCH 1:x FLAGS',
      'FETCH 1 BODY[1.]',
    ],
  ],
];

export const searches: Asked = [
  [
    'flags (RFC 3501 §6.4.4)',
    [
      'UNSEEN',
      'SEEN',
      'ANSWERED FLAGGED',
      'DELETED',
      'UNDRAFT',
      'KEYWORD none',
      'UNKEYWORD none',
      'NOT FLAGGED',
    ],
  ],
  [
    'numbers (RFC 3501 §6.4.4)',
    ['1:5', 'UID 3:4,30:*', '2,4:6,*', 'NOT 1:20', 'UID 1000:*', 'UID 1000:2000'],
  ],
  [
    'logic (RFC 3501 §6.4.4)',
    [
      'OR SEEN FLAGGED',
      'OR (SEEN FLAGGED) (UID 1:3)',
      'NOT (SEEN 1:10)',
      '(1:10 (NOT SEEN))',
      'OR OR 1 2 NOT 1:30',
    ],
  ],
  [
    'internal dates (RFC 3501 §6.4.4)',
    [
      'BEFORE 10-Jan-2024',
      'ON 10-Jan-2024',
      'SINCE 28-Jan-2024',
      'ON 1-Jun-2023',
      'SINCE "1-Feb-2024"',
      'NOT BEFORE 5-Jan-2024',
    ],
  ],
  [
    'sent dates (RFC 3501 §6.4.4)',
    [
      'SENTBEFORE 3-Jan-2024',
      'SENTON 4-Jan-2024',
      'SENTON 5-Jan-2024',
      'SENTSINCE 15-Jan-2024',
      'SENTON 3-Jan-2024',
      'NOT SENTSINCE 1-Jan-2000',
    ],
  ],
  ['sizes (RFC 3501 §6.4.4)', ['LARGER 3000', 'SMALLER 60', 'LARGER 200 SMALLER 400']],
  [
    'addresses and subjects (RFC 3501 §6.4.4)',
    [
      'FROM ana',
      'FROM ANA@EXAMPLE',
      'TO example.test',
      'CC zed',
      'BCC hidden',
      'SUBJECT tea',
      'SUBJECT "a subject that is"',
      'SUBJECT BUDGET',
      'FROM "Quoted"',
    ],
  ],
  [
    'other fields (RFC 3501 §6.4.4)',
    [
      'HEADER Message-ID tea@x',
      'HEADER x-folded three',
      'HEADER X-Folded ""',
      'HEADER References ""',
      'HEADER Received "from c"',
      'HEADER Subject ""',
      'HEADER Missing ""',
      'NOT HEADER Date ""',
      'HEADER Date some',
    ],
  ],
  [
    'words (RFC 3501 §6.4.4)',
    [
      'BODY five',
      'TEXT tea',
      'BODY marzipan',
      'TEXT quokka',
      'BODY quokka',
      'TEXT "html inside"',
      'BODY "soft broken"',
      'NOT TEXT example',
      'TEXT papers SEEN',
      'OR BODY first BODY second',
    ],
  ],
  [
    'words that are not ASCII (RFC 3501 §6.4.4)',
    [
      'CHARSET UTF-8 SUBJECT «äpfel»',
      'CHARSET UTF-8 FROM «müller»',
      'CHARSET UTF-8 TO «张三»',
      'CHARSET UTF-8 BODY «Grüße»',
      'CHARSET UTF-8 TEXT «kůň»',
    ],
  ],
  [
    'what breaks the grammar (RFC 3501 §9)',
    [
      'ALL',
      'NOSUCHKEY',
      'BEFORE yesterday',
      'OR SEEN',
      'LARGER x',
      '(SEEN',
      'CHARSET x-unknown ALL',
      'UID x',
    ],
  ],
  ['ages (RFC 5032 §3)', ['OLDER 86400', 'YOUNGER 86400', 'NOT YOUNGER 1000']],
];

export const sorts: Asked = [
  [
    'dates and sizes (RFC 5256 §3)',
    ['ARRIVAL', 'DATE', 'REVERSE DATE', 'SIZE', 'REVERSE SIZE ARRIVAL', 'REVERSE ARRIVAL'],
  ],
  ['subjects (RFC 5256 §2.1)', ['SUBJECT', 'REVERSE SUBJECT DATE', 'SUBJECT REVERSE DATE']],
  ['addresses (RFC 5256 §3)', ['FROM', 'TO', 'CC', 'REVERSE FROM DATE', 'CC SUBJECT REVERSE SIZE']],
  ['names (RFC 5957 §3)', ['DISPLAYFROM', 'DISPLAYTO', 'REVERSE DISPLAYFROM DATE']],
];

export const threads: Asked = [
  [
    'REFERENCES (RFC 5256 §3)',
    [
      'THREAD REFERENCES UTF-8 ALL',
      'UID THREAD REFERENCES UTF-8 UNSEEN',
      'THREAD REFERENCES US-ASCII 3:22',
      'THREAD REFERENCES UTF-8 1000:2000 SEEN',
    ],
  ],
  [
    'ORDEREDSUBJECT (RFC 5256 §3)',
    ['THREAD ORDEREDSUBJECT UTF-8 ALL', 'UID THREAD ORDEREDSUBJECT UTF-8 UNSEEN'],
  ],
];

export const stores: Asked = [
  [
    'flags (RFC 3501 §6.4.6)',
    [
      'STORE 1 +FLAGS (\\Flagged)',
      'STORE 1 -FLAGS \\Seen',
      'STORE 2:3 FLAGS (\\Answered)',
      'STORE 4 FLAGS ()',
      'UID STORE 5,1000 +FLAGS (\\Seen)',
    ],
  ],
  [
    'keywords (RFC 3501 §2.3.2)',
    ['STORE 6 +FLAGS (Work $Forwarded)', 'STORE 6:7 +FLAGS (work)', 'STORE 6 -FLAGS (Work)'],
  ],
  [
    'silence (RFC 3501 §6.4.6)',
    [
      'STORE 8 +FLAGS.SILENT (\\Deleted)',
      'UID STORE 9 FLAGS.SILENT (Work)',
      'STORE 8 -FLAGS.SILENT (\\Deleted)',
    ],
  ],
  [
    '\\Seen of a BODY[] (RFC 3501 §6.4.5)',
    [
      'FETCH 11 BODY[TEXT]',
      'FETCH 12 (FLAGS BODY[1])',
      'FETCH 11:13 (UID BODY[HEADER.FIELDS (subject)])',
      'FETCH 14 RFC822',
    ],
  ],
  [
    'what breaks the grammar (RFC 3501 §9)',
    ['STORE 1 FLAG (\\Seen)', 'STORE 1 +FLAGS (\\Unknown)', 'STORE x +FLAGS (\\Seen)'],
  ],
];
