// DANE's rules on real certificates, made here: what a match means, and what it does not excuse.
import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { makeChain } from '../../../test/kit/make-chain.ts';
import type { MadeChain } from '../../../test/kit/make-chain.ts';
import { temporaryDirectory } from '../../../test/kit/temporary-directory.ts';
import { judgeDane } from '../src/dane/judge-dane.ts';
import { isUsable, withStrongestDigests } from '../src/dane/tlsa-match.ts';
import type { Tlsa } from '../src/dane/tlsa-match.ts';

const stack = new AsyncDisposableStack();
let good: MadeChain;
let old: MadeChain;
let stranger: MadeChain;

before(async () => {
  const make = async (days: number) =>
    makeChain({ dir: stack.use(await temporaryDirectory()).path, names: ['mx.far.test'], days });
  good = await make(30);
  old = await make(-1);
  stranger = await make(30);
});
after(async () => stack.disposeAsync());

const names = ['mx.far.test'];
const certificates = (...pems: readonly string[]) => pems.map((pem) => new X509Certificate(pem));
const shown = (...pems: readonly string[]) => ({ chain: certificates(...pems), isTrusted: false });

function tlsa(certUsage: number, selector: number, match: number, pem: string): Tlsa {
  const certificate = new X509Certificate(pem);
  const selected =
    selector === 0
      ? certificate.raw
      : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const octets =
    match === 0 ? selected : hash(match === 1 ? 'sha256' : 'sha512', selected, 'buffer');
  return { certUsage, selector, match, data: new Uint8Array(octets).buffer };
}

function judge(certs: readonly string[], records: readonly Tlsa[]): string | undefined {
  const demand = { records, names, nowMs: Date.now() };
  return judgeDane(shown(...certs), demand)?.code;
}

test('every selector and matching type finds its certificate (RFC 6698 §2.1)', () => {
  for (const selector of [0, 1]) {
    for (const match of [0, 1, 2]) {
      assert.equal(judge([good.leaf], [tlsa(3, selector, match, good.leaf)]), undefined);
      assert.equal(judge([good.leaf], [tlsa(3, selector, match, stranger.leaf)]), 'TLSA_MISMATCH');
    }
  }
});

test('under DANE-EE neither time nor name matters (RFC 7672 §3.1.1)', () => {
  assert.equal(judge([old.leaf], [tlsa(3, 1, 1, old.leaf)]), undefined);
});

test('under DANE-TA time does, and every signature on the way (RFC 7672 §3.1.2)', () => {
  assert.equal(judge([good.leaf, good.issuer, good.root], [tlsa(2, 0, 1, good.root)]), undefined);
  assert.equal(judge([good.leaf, good.issuer], [tlsa(2, 1, 1, good.issuer)]), undefined);
  assert.equal(judge([old.leaf, old.issuer], [tlsa(2, 1, 1, old.issuer)]), 'TLS_EXPIRED');
  // The right authority is shown, but it did not sign this server.
  for (const way of [
    [stranger.leaf, good.issuer],
    [stranger.leaf, good.root],
    [stranger.leaf, stranger.issuer, good.root],
    [good.leaf, good.root],
  ]) {
    const records = [tlsa(2, 1, 1, good.issuer), tlsa(2, 1, 1, good.root)];
    assert.equal(judge(way, records), 'TLSA_MISMATCH');
  }
});

test("a server's own key under DANE-TA is no authority, and an authority's under DANE-EE no server", () => {
  assert.equal(judge([good.leaf, good.issuer], [tlsa(3, 1, 1, good.issuer)]), 'TLSA_MISMATCH');
  assert.equal(judge([good.leaf, good.issuer], [tlsa(2, 1, 1, good.leaf)]), 'TLSA_MISMATCH');
  assert.equal(judge([], [tlsa(3, 1, 1, good.leaf)]), 'TLSA_MISMATCH');
});

test('of two digests the stronger one counts (RFC 7671 §9); what is cut short or of another use does not', () => {
  const right = tlsa(3, 1, 1, good.leaf);
  const wrong = tlsa(3, 1, 2, stranger.leaf);
  assert.deepEqual(withStrongestDigests([right, wrong]), [wrong]);
  assert.equal(judge([good.leaf], [right, wrong]), 'TLSA_MISMATCH');
  assert.ok(isUsable(right));
  assert.ok(!isUsable({ ...right, certUsage: 1 }));
  assert.ok(!isUsable({ ...right, selector: 2 }));
  assert.ok(!isUsable({ ...right, match: 3 }));
  assert.ok(!isUsable({ ...right, data: right.data.slice(1) }));
});
