// COMPRESS DEFLATE (RFC 4978).
import { bad, no } from '../wire/refusal.ts';
import { afterLogin, type Command } from './command.ts';

export const compress: Command<void> = {
  name: 'COMPRESS',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    if (reader.word() !== 'DEFLATE') throw bad('Only DEFLATE is known.');
    reader.end();
  },
  async run(session) {
    // RFC 4978 §3: twice is refused.
    if (session.wire.isCompressed) throw no('COMPRESSIONACTIVE', 'DEFLATE is in use already.');
    session.afterwards = () => session.wire.startCompression();
    return { text: 'DEFLATE from here.' };
  },
};
