// Hashes that a real Dovecot makes, in every scheme we say we take.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { foreignSchemes } from '../src/index.ts';
import { clearPasswordIn } from '../src/passwords/foreign/clear-password.ts';
import { keptHash, PasswordHasher } from '../src/passwords/password-hasher.ts';

const run = promisify(execFile);
const password = 'pässword: "with" $igns';

const dovecotSchemes = await run('doveadm', ['pw', '-l']).then(
  ({ stdout }) => stdout.trim().split(/\s+/),
  () => undefined,
);
const skip = dovecotSchemes === undefined && 'Dovecot (doveadm) is not installed';

for (const scheme of foreignSchemes) {
  const isKnown = dovecotSchemes?.includes(scheme) ?? false;
  test(
    `{${scheme}} as Dovecot makes it`,
    { skip: skip || (!isKnown && `this Dovecot cannot make ${scheme}`) },
    async () => {
      const { stdout } = await run('doveadm', ['pw', '-s', scheme, '-p', password]);
      const made = stdout.trim();
      if (clearPasswordIn(made) !== undefined) {
        assert.equal(clearPasswordIn(made), password);
        return;
      }
      const hash = keptHash(made) ?? assert.fail(made);
      const hasher = new PasswordHasher();
      assert.equal((await hasher.verify(password, hash)).isRight, true, made);
      assert.equal((await hasher.verify(`${password} `, hash)).isRight, false, made);
    },
  );
}
