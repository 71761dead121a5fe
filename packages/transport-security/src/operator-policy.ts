// The operator's own word about destinations, from [transport_security] destinations. Pure.
//
//   "bank.example verify"                      a trusted certificate that names bank.example or something below it
//   "bank.example verify mx.host.example"      ... or exactly these names; ".host.example": anything below it
//   ".gov.example required"                    encryption, whoever it is with
//   "old.example none"                         clear text
import type { TlsPolicy } from '@restante/smtp';
import { judgeNames } from './judge-names.ts';

export interface OperatorPolicies {
  /** Undefined: the operator said nothing about this domain. */
  policyOf(domain: string): TlsPolicy | undefined;
}

type Level = 'none' | 'opportunistic' | 'required' | 'verify';

interface Entry {
  readonly level: Level;
  readonly names: readonly string[];
}

export function readOperatorPolicies(
  lines: readonly string[],
  { ca }: { readonly ca?: string } = {},
): OperatorPolicies {
  const entries = new Map<string, Entry>();
  for (const line of lines) {
    const [domain = '', level = '', ...names] = line.toLowerCase().trim().split(/ +/);
    entries.set(domain, { level: level as Level, names });
  }
  return {
    policyOf(domain) {
      const entry = entries.get(domain) ?? nearestAbove(entries, domain);
      if (entry === undefined) return undefined;
      // MX records are not authenticated, so what they name proves nothing; the domain itself does.
      const names = entry.names.length > 0 ? entry.names : [domain, `.${domain}`];
      return toPolicy(entry.level, names, ca);
    },
  };
}

function nearestAbove(entries: ReadonlyMap<string, Entry>, domain: string): Entry | undefined {
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    const above = entries.get(domain.slice(dot));
    if (above !== undefined) return above;
  }
  return undefined;
}

function toPolicy(level: Level, names: readonly string[], ca: string | undefined): TlsPolicy {
  switch (level) {
    case 'none':
    case 'opportunistic':
      return { mode: level };
    case 'required':
      return { mode: 'required', verify: false };
    case 'verify':
      return {
        mode: 'required',
        verify: true,
        judgePeer: (shown) => judgeNames(shown, names),
        ...(ca === undefined ? {} : { ca }),
      };
  }
}
