// bcrypt ($2a$, $2b$, $2y$). Its cost doubles with every step; beyond 14 a check takes seconds.
import bcrypt from 'bcryptjs';
import type { ForeignHash } from './foreign-hash.ts';

const shape = /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

export function bcryptHash(hash: string): ForeignHash | undefined {
  if (!shape.test(hash)) return undefined;
  return { matches: async (password) => bcrypt.compare(password, hash) };
}
