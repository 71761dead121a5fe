// The explanation of a fail (RFC 7208 §6.2): what the domain wants the sender to be told.
//
// Promises
// - Whatever goes wrong here, there is just no explanation; the result stands.
// - Printable ASCII, one line. They are a stranger's words (§11.5) and must be shown as such.
import { askDns } from '../ask-dns.ts';
import type { Check } from './check.ts';
import type { HostResult } from './evaluate.ts';
import { parseMacroString } from './macro-string.ts';
import { explanationText, isWellFormed, targetName } from './target-name.ts';

// What a TXT record could hold is no longer a sentence.
const textMax = 4096;

export async function explain(
  check: Check,
  explanation: HostResult['explanation'],
): Promise<string | undefined> {
  if (!explanation) return undefined;
  const { spec, domain } = explanation;
  const name = await targetName(check, domain, spec);
  if (!isWellFormed(name)) return undefined;
  // §4.6.4: this question counts neither as a term nor as a void.
  const answer = await askDns(() => check.resolver.resolve(name, 'TXT'), check);
  // §6.2: exactly one record, or none of them is meant.
  if (answer.kind !== 'records' || answer.records.length !== 1) return undefined;
  const text = answer.records[0]?.join('') ?? '';
  if (text === '' || text.length > textMax) return undefined;
  const parsed = parseMacroString(text, 'explanation');
  return parsed.ok ? explanationText(check, domain, parsed.value) : undefined;
}
