// GETQUOTA (RFC 9208 §4.1.1). There is one quota root, the account, named "".
import { sayQuota } from '../folders/say-quota.ts';
import { no } from '../wire/refusal.ts';
import { afterLogin, type Command } from './command.ts';

export const getquota: Command<string> = {
  name: 'GETQUOTA',
  allowedIn: afterLogin,
  parse(reader) {
    reader.space();
    const root = reader.astring();
    reader.end();
    return root;
  },
  async run(session, root) {
    if (root !== '') throw no('NONEXISTENT', 'There is no such quota root.');
    sayQuota(session);
    return undefined;
  },
};
