// ENABLE (RFC 5161): CONDSTORE, QRESYNC (RFC 7162 §3.2.3), UTF8=ACCEPT (RFC 6855 §3), IMAP4rev2 (RFC 9051 §6.3.1).
//
// What is not known is passed over in silence; QRESYNC brings CONDSTORE with it.
import type { Enabled } from '../session/session.ts';
import { afterLogin, type Command } from './command.ts';

const known: ReadonlyMap<string, { readonly flag: Enabled; readonly said: string }> = new Map([
  ['CONDSTORE', { flag: 'CONDSTORE', said: 'CONDSTORE' }],
  ['QRESYNC', { flag: 'QRESYNC', said: 'QRESYNC' }],
  ['UTF8=ACCEPT', { flag: 'UTF8=ACCEPT', said: 'UTF8=ACCEPT' }],
  ['IMAP4REV2', { flag: 'IMAP4REV2', said: 'IMAP4rev2' }],
]);

export const enable: Command<readonly string[]> = {
  name: 'ENABLE',
  allowedIn: afterLogin,
  parse(reader) {
    const words: string[] = [];
    do {
      reader.space();
      words.push(reader.word());
    } while (!reader.isAtEnd);
    return words;
  },
  async run(session, words) {
    const said: string[] = [];
    for (const word of words) {
      const extension = known.get(word);
      if (extension === undefined || session.enabled.has(extension.flag)) continue;
      session.enabled.add(extension.flag);
      said.push(extension.said);
    }
    session.out.untagged(said.length === 0 ? 'ENABLED' : `ENABLED ${said.join(' ')}`);
    return undefined;
  },
};
