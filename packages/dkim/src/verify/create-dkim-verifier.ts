// Signatures of a message, checked: read the fields, ask for the keys while the body is read, compare.
import { Header } from '../canonical/header-fields.ts';
import type { Checked } from './check-signature.ts';
import { readDkimSignature, type DkimSignature, type SignatureFacts } from './dkim-signature.ts';
import type { DkimVerification, DkimVerifier, DkimVerifierOptions } from './dkim-verifier.ts';
import { createKeyFinder } from './key-finder.ts';
import { judgeMessageSignature, wishOf, type Evidence } from './message-signature.ts';
import { readBody } from './read-body.ts';
import { isFlaw, permanent, type Flaw } from './signature-fields.ts';

export function createDkimVerifier(options: DkimVerifierOptions): DkimVerifier {
  const { clock, signaturesMax } = options;
  const keyFinder = createKeyFinder(options);
  return {
    async verify(message, signal) {
      signal?.throwIfAborted();
      const header = new Header(message.header);
      const read = header.named('dkim-signature').map((field, index) => {
        const { facts, signature } = readDkimSignature(field, clock.now());
        return { facts, signature: index < signaturesMax ? signature : overLimit(signaturesMax) };
      });
      const signatures = read.flatMap(({ signature }) => (isFlaw(signature) ? [] : [signature]));
      // Asking goes on while the body is read.
      const asked = keyFinder.find(signatures, { signal });
      const [digests, keysOf] = await Promise.all([
        readBody(message, signatures.map(wishOf), signal),
        asked,
      ]);
      return read.map(({ facts, signature }) =>
        verification(
          facts,
          isFlaw(signature) ? { flaw: signature } : judge(signature, { header, digests, keysOf }),
        ),
      );
    },
  };
}

function overLimit(signaturesMax: number): Flaw {
  return { result: 'policy', problem: `Only the first ${signaturesMax} signatures are checked.` };
}

function judge(signature: DkimSignature, evidence: Evidence): Checked {
  const checked = judgeMessageSignature(signature, evidence);
  const { record, flaw } = checked;
  // RFC 6376 §3.6.1, t=s.
  if (flaw !== undefined || signature.isOfDomainItself || record?.isForDomainOnly !== true) {
    return checked;
  }
  return { record, flaw: permanent('The key does not sign for names below its domain.') };
}

function verification(facts: SignatureFacts, { record, flaw }: Checked): DkimVerification {
  return {
    ...facts,
    result: flaw?.result ?? 'pass',
    ...(record === undefined ? {} : { keyBits: record.keyBits }),
    isTesting: record?.isTesting ?? false,
    ...(flaw === undefined ? {} : { problem: flaw.problem }),
  };
}
