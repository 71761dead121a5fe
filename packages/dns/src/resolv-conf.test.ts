import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResolvConf } from './resolv-conf.ts';

test('name servers come in the order of the file, at most three (resolv.conf(5))', () => {
  const text =
    '# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1 # first\n nameserver 2001:db8::1\nnameserver nonsense\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n';
  assert.deepEqual(
    parseResolvConf(text).map(({ host }) => host),
    ['192.0.2.1', '2001:db8::1', '192.0.2.3'],
  );
});

test('without a name server it is the one on this machine', () => {
  assert.deepEqual(parseResolvConf('search example\n'), [{ host: '127.0.0.1', port: 53 }]);
});
