// From a domain-spec to the name it means here and now (RFC 7208 §4.8, §7).
import type { Check } from './check.ts';
import { expandExplanation, expandName, usesValidatedName } from './expand-macros.ts';
import type { MacroValues } from './expand-macros.ts';
import type { MacroString } from './macro-string.ts';
import { dottedAddress } from './network.ts';
import { bestName } from './validated-names.ts';

/** Without a domain-spec the target is the domain itself (§4.8). */
export async function targetName(
  check: Check,
  domain: string,
  spec: MacroString | undefined,
): Promise<string> {
  if (spec === undefined) return domain;
  const [only] = spec;
  if (spec.length === 1 && typeof only === 'string' && only.length <= 253)
    return only.endsWith('.') ? only.slice(0, -1) : only;
  return expandName(spec, await macroValues(check, domain, spec));
}

export async function explanationText(
  check: Check,
  domain: string,
  text: MacroString,
): Promise<string | undefined> {
  return expandExplanation(text, await macroValues(check, domain, text));
}

async function macroValues(check: Check, domain: string, text: MacroString): Promise<MacroValues> {
  return {
    sender: `${check.localPart}@${check.senderDomain}`,
    localPart: check.localPart,
    senderDomain: check.senderDomain,
    domain,
    dottedAddress: dottedAddress(check.client),
    readableAddress: check.clientText,
    family: check.client.family,
    helo: check.helo,
    validatedName: usesValidatedName(text) ? await bestName(check, domain) : 'unknown',
    receiver: check.receiver,
    nowSeconds: check.nowSeconds,
  };
}

/**
 * §4.3, §4.8: can DNS be asked for it? No empty label, none over 63 octets, not over 253 in all. One label alone is for
 * check_host() to refuse.
 */
export function isWellFormed(name: string): boolean {
  return (
    name.length <= 253 && name.split('.').every((label) => label.length > 0 && label.length <= 63)
  );
}
