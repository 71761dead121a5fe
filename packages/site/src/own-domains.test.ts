import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownDomains } from './own-domains.ts';

test("a domain whose home is somebody else's server is not ours to speak for; one of another site is", () => {
  const domains = [
    { name: 'here.test', home: 'shanghai' },
    { name: 'there.test', home: 'us' },
    { name: 'customer.test' },
  ];
  assert.deepEqual([...ownDomains(domains)], ['here.test', 'there.test']);
});
