import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPasswdFile } from './account-passwd-file.ts';

test('users with their hashes, and the quota from the extra fields of old and new Dovecot', () => {
  const text = [
    '# people',
    'ana@x.test:{SSHA}abc=:5000:5000::/home/ana::userdb_quota_rule=*:storage=1G:messages=500 nodelay=y',
    '',
    'bo:$6$salt$hash:::::',
    'cy@x.test:{PLAIN}secret::::::userdb_quota_storage_size=500M userdb_quota_message_count=7',
    'di@x.test:{SSHA}abc=::::::userdb_quota_rule=*:storage=2048 userdb_quota_rule2=Trash:storage=+10M',
    'ed@x.test:abc::::::userdb_quota_rule=*:bytes=1000 userdb_quota_rule=*:messages=0',
  ].join('\n');
  assert.deepEqual(readPasswdFile(text, { domain: 'y.test', scheme: 'SHA256' }), [
    {
      line: 2,
      row: {
        address: 'ana@x.test',
        passwordHash: '{SSHA}abc=',
        quotaBytes: 1024 ** 3,
        quotaMessages: 500,
      },
    },
    { line: 4, row: { address: 'bo@y.test', passwordHash: '$6$salt$hash' } },
    {
      line: 5,
      row: {
        address: 'cy@x.test',
        passwordHash: '{PLAIN}secret',
        quotaBytes: 500 * 1024 ** 2,
        quotaMessages: 7,
      },
    },
    {
      line: 6,
      row: { address: 'di@x.test', passwordHash: '{SSHA}abc=', quotaBytes: 2 * 1024 ** 2 },
    },
    { line: 7, row: { address: 'ed@x.test', passwordHash: '{SHA256}abc', quotaBytes: 1000 } },
  ]);
});

test('a name without a domain and a line without a password are problems with their line', () => {
  assert.deepEqual(
    readPasswdFile('ana:{SSHA}x\n\nbo@x.test\nc d@x.test:{SSHA}x\n').map((each) => [
      each.line,
      'problem' in each,
    ]),
    [
      [1, true],
      [3, true],
      [4, true],
    ],
  );
});
