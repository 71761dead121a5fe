// Under which key a local part is listed and found. Pure; the home's mailbox store spells its addresses by the same rules:
// no quotes (RFC 5321 §4.1.2: "ana"@x is ana@x), normal form C (RFC 6532 §3.1), lower case unless the domain tells cases
// apart (RFC 5321 §2.4), and postmaster and abuse in any case (RFC 5321 §4.5.1, RFC 2142).

/** Whom every domain has. */
export const offices: ReadonlySet<string> = new Set(['postmaster', 'abuse']);

const isPlain = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~.]*$/;

export function localKey(
  local: string,
  { isCaseSensitive }: { readonly isCaseSensitive: boolean },
): string {
  if (isPlain.test(local)) return local;
  const bare =
    local.startsWith('"') && local.endsWith('"') && local.length > 1
      ? local.slice(1, -1).replaceAll(/\\(.)/g, '$1')
      : local;
  const spelled = bare.normalize('NFC');
  const lower = spelled.toLowerCase();
  return isCaseSensitive && !offices.has(lower) ? spelled : lower;
}
