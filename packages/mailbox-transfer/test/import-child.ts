// Imports from the Dovecot of the test and tells how far it is, so that the test can kill it in the middle.
import { argv, stdout } from 'node:process';
import { Secret } from '@restante/runtime';
import { importMailbox, openMailSource, parseMailPlace } from '@restante/mailbox-transfer';
import { remotePassword } from './dovecot.ts';
import { ana, openMailbox } from './mailbox-for-tests.ts';

const [, , dir = '', marksDir = '', text = ''] = argv;
const place = parseMailPlace(text);
if (place === undefined) throw new Error(text);
await using open = await openMailbox(dir);
await using source = await openMailSource(place, {
  password: new Secret(remotePassword),
  marksDir,
  into: ana,
});
const report = await importMailbox({
  source,
  mailbox: open.mailbox,
  onProgress: ({ imported }) => void stdout.write(`${imported}\n`),
});
stdout.write(`done ${JSON.stringify(report)}\n`);
