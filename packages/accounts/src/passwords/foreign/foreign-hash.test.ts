import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readForeignHash } from './foreign-hash.ts';

const isRight = async (hash: string, password: string) =>
  (readForeignHash(hash) ?? assert.fail(hash)).matches(password);

test('the examples of the SHA-crypt specification, as crypt(3) answers them', async () => {
  for (const [hash, password] of [
    [
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      'Hello world!',
    ],
    [
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
      'Hello world!',
    ],
    ['$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5', 'Hello world!'],
    [
      '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA',
      'Hello world!',
    ],
    [
      '$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
      'a very much longer text to encrypt.  This one even stretches over morethan one line.',
    ],
  ] as const) {
    assert.equal(await isRight(hash, password), true, hash);
    assert.equal(await isRight(`{CRYPT}${hash}`, `${password}.`), false);
  }
});

test('hashes as Dovecot writes them are right for their password and for no other', async () => {
  for (const hash of [
    '{SHA512-CRYPT}$6$XUlE1i3zL9YT3h77$qIB0IJW2NfIQyvWxaNyN9Em6j7l2uyXYTH0XxeRUZJCZ4CmdIQc/OP7oiDAtJOmiM./7d6Wzw0QQ3.nPZQ0jQ1',
    '{SHA256-CRYPT}$5$c1HN6nElc8cwM2vI$Ti.WKWEnH1lBH/jTipBhA0f5U2cS7WfiC6..1/.vMuD',
    '{BLF-CRYPT}$2y$05$WuK4zQF4qKabPEJbAzc.1OcnL/bwq3k8t56dcNQGOI0CVhBumrSBK',
    '{SSHA}gZibHKoMvWeFQGG6n98kVgX5C6Ski1kL',
    '{SSHA256}mVESchc52n0W5YfYEwAAygLfJIVF+mnqrfebDFVH2AIewOr/',
    '{ssha512}4+gbURVXx1U8GPWiYgVUxCMQP1nYtQlQge0f7zzu9d1bEXBQDXd0Fuolnti4LwEDAxgqOyqywg8X5/N2c+ovJ028/wc=',
    '{PBKDF2}$1$IcXZJkJw4fHFqXFD$5000$7ba4be0281198297cf7f28c25a96abd2d4ee97e8',
    '{SCRAM-SHA-256}4096,Pe2GdZcP/RbZUqbVIa90xg==,pmUCmfw2GwZ+QDxWVHJp6HRuhCdMWuFz0MS0LyfYp2Q=,EwiDRB9dmX8FprDQYlnK2rxnyHWrlVSUIqNqAnB85jc=',
    '{SHA}I7dElEdfX4dJgLdnbVEeI9iG2mQ=',
    '{SHA256}NHgme1YSeRtAmIkGs6eJfrarUB4EuV7TL5nQr99mnZw=',
    '{SHA.hex}23b74494475f5f874980b7676d511e23d886da64',
  ]) {
    assert.equal(await isRight(hash, 'p\u00e4ssword'), true, hash);
    assert.equal(await isRight(hash, 'password'), false, hash);
  }
});

test('what is not a hash of its scheme, or would cost too much, is not read', () => {
  for (const text of [
    '',
    'secret',
    '{PLAIN}secret',
    '{SSHA}',
    '{SSHA}abc',
    '{SHA}gZibHKoMvWeFQGG6n98kVgX5C6Ski1kL',
    '{CRAM-MD5}5f4dcc3b5aa765d61d8327deb882cf99',
    '{BLF-CRYPT}$2y$31$WuK4zQF4qKabPEJbAzc.1OcnL/bwq3k8t56dcNQGOI0CVhBumrSBK',
    '{PBKDF2}$1$salt$9999999$7ba4be0281198297cf7f28c25a96abd2d4ee97e8',
    '{SCRAM-SHA-256}9999999,Pe2GdZcP/RbZUqbVIa90xg==,pmUCmfw2GwZ+QDxWVHJp6HRuhCdMWuFz0MS0LyfYp2Q=,EwiDRB9dmX8FprDQYlnK2rxnyHWrlVSUIqNqAnB85jc=',
    '$6$rounds=999999999$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    '$1$ZykU/ACl$pdr2wTur/qw4qH.5Fb8RJ/',
  ])
    assert.equal(readForeignHash(text), undefined, text);
});
