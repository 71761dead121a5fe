import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRedisUrl } from './redis-url.ts';

function parsed(url: string) {
  const result = parseRedisUrl(url);
  assert.ok(result.ok, result.ok ? '' : result.problem);
  return result.value;
}

test('reads a single server with everything', () => {
  assert.deepEqual(parsed('redis://mail:p%40ss@redis.example.test:6380/2'), {
    kind: 'single',
    nodes: [{ host: 'redis.example.test', port: 6380 }],
    database: 2,
    username: 'mail',
    password: 'p@ss',
    tls: false,
    shown: 'redis://redis.example.test:6380/2',
  });
});

test('fills in port and database, knows IPv6 and TLS', () => {
  assert.deepEqual(parsed('redis://127.0.0.1').nodes, [{ host: '127.0.0.1', port: 6379 }]);
  assert.deepEqual(parsed('rediss://[::1]:6390').nodes, [{ host: '::1', port: 6390 }]);
  assert.equal(parsed('rediss://[::1]:6390').tls, true);
  assert.equal(parsed('redis://:secret@localhost').password, 'secret');
  assert.equal(parsed('redis://:secret@localhost').username, undefined);
});

test('reads Sentinel with several hosts, the name and a database', () => {
  const target = parsed('redis+sentinel://:pw@s1:26379,s2,s3:26000/mail/3');
  assert.equal(target.kind, 'sentinel');
  assert.deepEqual(target.nodes, [
    { host: 's1', port: 26_379 },
    { host: 's2', port: 26_379 },
    { host: 's3', port: 26_000 },
  ]);
  assert.equal(target.masterName, 'mail');
  assert.equal(target.database, 3);
  assert.equal(target.shown, 'redis+sentinel://s1:26379,s2,s3:26000/mail/3');
});

test('reads a cluster', () => {
  const target = parsed('rediss+cluster://c1:7000,c2:7001');
  assert.equal(target.kind, 'cluster');
  assert.equal(target.nodes.length, 2);
  assert.equal(target.tls, true);
});

test('says what is wrong with a URL it cannot read, and never repeats the password', () => {
  const wrong = [
    '',
    'localhost',
    'http://localhost',
    'redis://',
    'redis://a,b',
    'redis://h:0',
    'redis://h:99999',
    'redis://h/x',
    'redis://h/1/2',
    'redis+sentinel://h:1',
    'redis+cluster://h/1',
    'redis://u:%zz@h',
    'redis://h?db=1',
    'redis://u:topsecret@h:port',
  ];
  for (const url of wrong) {
    const result = parseRedisUrl(url);
    assert.equal(result.ok, false, url);
    if (!result.ok) assert.doesNotMatch(result.problem, /topsecret/);
  }
});

test('no text makes the parser throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseRedisUrl(`redis://${text}`)));
});
