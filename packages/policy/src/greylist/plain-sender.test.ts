import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainSender } from './plain-sender.ts';

const same = (...addresses: string[]) => {
  const plain = new Set(addresses.map(plainSender));
  assert.equal(plain.size, 1, `${addresses.join(' ')} -> ${[...plain].join(' ')}`);
};

test('one mailing is one sender: VERP with numbers, with recipients, with random words', () => {
  same('bounce+4711-ana=b.test@lists.test', 'bounce+4712-bo=c.test@lists.test');
  same('news-return-123-ana@lists.test', 'news-return-99-ana@lists.test');
  same('0102018f6a-1c2d@mail.test', '0102018f77-9f3e@mail.test');
  same('qwertyuiopasdfghjklzxc@m.test', 'mnbvcxzlkjhgfdsapoiuyt@m.test');
});

test('signed return addresses are the address they sign: BATV, SRS0, SRS1', () => {
  same('prvs=1234abcdef=ana@b.test', 'prvs=5678001122=ana@b.test', 'ana@b.test');
  same('prvs=ana/1234abcdef@b.test', 'ana@b.test');
  same('btv1==1234fe==ana@b.test', 'ana@b.test');
  same('SRS0=HHHH=TT=b.test=ana@forward.test', 'SRS0+IIII=UU=b.test=ana@forward.test');
  same(
    'SRS1=HHHH=f.test==GGGG=TT=b.test=ana@s.test',
    'SRS1=IIII=f.test==KKKK=UU=b.test=ana@s.test',
  );
});

test('different people stay different, and the domain always counts', () => {
  for (const [one, other] of [
    ['ana@b.test', 'bo@b.test'],
    ['ana@b.test', 'ana@c.test'],
    ['SRS0=HHHH=TT=b.test=ana@f.test', 'SRS0=HHHH=TT=b.test=bo@f.test'],
  ] as const)
    assert.notEqual(plainSender(one), plainSender(other));
  assert.equal(plainSender(''), '');
  assert.equal(plainSender('+tag@b.test'), '+tag@b.test');
});

test('a hostile address costs no time', () => {
  const began = performance.now();
  for (const piece of ['=', 'srs1=', 'prvs=1', '-', 'a-1='])
    plainSender(`${piece.repeat(100_000)}@b`);
  assert.ok(performance.now() - began < 100);
});
