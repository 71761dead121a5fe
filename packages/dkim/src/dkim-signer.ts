// What submission asks: put our signatures on this message, if its domain has keys here.
//
// A key that cannot be read or used costs its signature, never the message.
import { domainOf } from '@restante/mail-model';
import type { DkimKeys } from './dkim-keys.ts';
import { signHeader, type ToSign } from './sign-header.ts';

export interface DkimSigner {
  /** Fields to put in front, CRLF ended; empty when the domain of that author has no key that signs now. */
  sign(message: ToSign & { readonly author: string }): Promise<string>;
}

export function createDkimSigner({
  keys,
  onProblem,
}: {
  readonly keys: DkimKeys;
  readonly onProblem: (problem: string) => void;
}): DkimSigner {
  return {
    async sign({ author, ...message }) {
      const domain = domainOf(author);
      try {
        const signing = await keys.signingKeys(domain);
        return signing.length === 0 ? '' : await signHeader(message, signing);
      } catch (failure) {
        const why = failure instanceof Error ? failure.message : String(failure);
        onProblem(`Mail of ${domain} goes out without a DKIM signature: ${why}`);
        return '';
      }
    },
  };
}
