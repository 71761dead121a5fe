// curl, which scripts use: lists, appends, fetches, with STARTTLS demanded.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { makeCertificate } from '../../../test/kit/false-papers.ts';
import { ana, letter, startImapSite } from './imap-site.ts';

const run = promisify(execFile);

function missing(): string | false {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' }).includes('imap')
      ? false
      : 'this curl has no IMAP';
  } catch {
    return 'curl is not installed';
  }
}

test('curl lists, appends and fetches over STARTTLS', { skip: missing() }, async () => {
  const secureContext = createSecureContext(
    await makeCertificate({ commonName: 'imap.example.test' }),
  );
  await using site = await startImapSite({ tls: () => ({ secureContext }) });
  const curl = async (path: string, ...more: readonly string[]): Promise<string> => {
    const url = `imap://127.0.0.1:${site.server.port}/${path}`;
    const login = ['--user', `${ana.address}:${ana.password}`, '--insecure', '--ssl-reqd'];
    const { stdout } = await run('curl', ['--silent', '--show-error', ...login, ...more, url]);
    return stdout;
  };
  assert.match(await curl(''), /\* LIST \([^)]*\\Sent\) "\/" Sent/);
  const path = join(site.dir, 'letter.eml');
  await writeFile(path, letter('by curl', 'x'.repeat(100_000)));
  await curl('INBOX', '--upload-file', path);
  assert.match(await curl('INBOX;UID=1'), /Subject: by curl/);
  assert.match(await curl('INBOX', '--request', 'STATUS INBOX (MESSAGES)'), /MESSAGES 1/);
  assert.deepEqual(site.failures, []);
});
