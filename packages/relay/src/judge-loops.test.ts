import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderBlock } from './header-block.ts';
import { judgePasses, rulesForPeers } from './judge-loops.ts';

const rules = { hostname: 'mx.here.test', receivedMax: 50 };

function passed(count: number): HeaderBlock {
  const header = new HeaderBlock();
  header.read(Buffer.from(`${'Received: from a by b ; now\r\n'.repeat(count)}\r\n`));
  return header;
}

test('too many hops are a circle (RFC 5321 §6.3); those between our own sites come on top', () => {
  assert.equal(judgePasses(rules, passed(50)), undefined);
  assert.equal(judgePasses(rules, passed(51))?.code, 554);
  // Taken by a backup at the limit, it must not be refused by its home (law 4).
  assert.equal(judgePasses(rulesForPeers(rules), passed(51)), undefined);
  assert.equal(judgePasses(rulesForPeers(rules), passed(60))?.code, 554);
});
