import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseNameOf, fileNameOf, keyOfName, sizeInName } from './file-name.ts';

const facts = {
  deliveryId: 'm01-2',
  receivedAtMs: 1_700_000_000_999,
  hostname: 'mx.example.test',
  sizeBytes: 10,
  virtualSizeBytes: 12,
};

test('a name tells when, what, where and how large', () => {
  assert.equal(fileNameOf(facts), '1700000000.m01-2.mx.example.test,S=10,W=12');
  assert.equal(fileNameOf({ ...facts, hostname: 'a/b:c,d' }), '1700000000.m01-2.a_b_c_d,S=10,W=12');
});

test('our messages are known by their delivery id, others by their whole base name', () => {
  assert.equal(keyOfName(fileNameOf(facts)), 'm01-2');
  assert.equal(keyOfName(baseNameOf(`${fileNameOf(facts)}:2,FS`)), 'm01-2');
  for (const name of [
    '1276533073.M242911P3632.kurkku,S=1,W=2',
    '1035478339.27041_118.foo.org,S=1,W=2',
    '1276533073.x.host',
    'anything',
  ]) {
    assert.equal(keyOfName(name), name);
  }
});

test('the size is found wherever Maildir++ allows it', () => {
  assert.equal(sizeInName('1.a.b,S=77,W=80:2,S'), 77);
  assert.equal(sizeInName('1.a.b,W=80,S=77'), 77);
  assert.equal(sizeInName('1.a.b:2,S'), undefined);
  assert.equal(sizeInName('1.a.b,S=7x'), undefined);
});
