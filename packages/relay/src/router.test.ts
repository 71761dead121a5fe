import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouter } from './router.ts';

const domains = [
  { name: 'cn.example', home: 'shanghai', backups: ['us'] },
  { name: 'us.example', home: 'us', backups: ['shanghai'] },
  { name: 'plain.example', homeHost: 'mail.plain.example:25', backups: ['us'] },
];

test('a recipient goes to a mailbox here, to the home of its domain, to a plain home, or out to the world', () => {
  const router = createRouter('us', domains);
  assert.equal(router.routeOf('bo@us.example'), 'local');
  assert.equal(router.routeOf('ana@CN.example'), 'peer:shanghai');
  assert.equal(router.routeOf('x@plain.example'), 'host:plain.example');
  assert.equal(router.routeOf('y@elsewhere.example'), 'internet');
});

test('a site answers only for domains it is the home or a named backup of', () => {
  const router = createRouter('shanghai', domains);
  assert.equal(router.roleFor('cn.example'), 'home');
  assert.equal(router.roleFor('us.example'), 'backup');
  assert.equal(router.roleFor('plain.example'), 'foreign');
  assert.equal(router.roleFor('sub.us.example'), 'foreign');
});
