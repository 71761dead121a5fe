// Mail that goes on to somebody who is not us (a plain home, an alias elsewhere) carries what we found under our ARC seal (RFC 8617): the next
// one sees our address, not the stranger's.
import type { ContentParts, WaitingMessage } from './content-judge.ts';
import type { ContentFacts } from './facts.ts';
import { authenticationResultsValue, type ResultsToWrite } from '@restante/sender-auth';

export interface ToSealUp {
  readonly facts: ContentFacts;
  readonly recipients: readonly string[];
  readonly message: WaitingMessage;
  /** What was found, as the header says it. */
  readonly results: ResultsToWrite;
  /** Header as it will be stored. */
  readonly stored: Buffer;
}

export async function sealed(
  { sealer, sealsFor }: ContentParts,
  { facts, recipients, message, results, stored }: ToSealUp,
): Promise<Buffer> {
  const domain = sealer === undefined ? undefined : sealsFor(recipients);
  if (sealer === undefined || domain === undefined) return stored;
  const seal = await sealer.seal({
    message: { header: stored.toString('latin1'), body: () => message.body() },
    chain: await facts.arc(),
    results: authenticationResultsValue(results),
    domain,
    atMs: facts.nowMs,
  });
  return seal === '' ? stored : Buffer.concat([Buffer.from(seal), stored]);
}
