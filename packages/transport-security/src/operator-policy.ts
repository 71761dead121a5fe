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

export function readOperatorPolicies(
  lines: readonly string[],
  { ca }: { readonly ca?: string } = {},
): OperatorPolicies {
  const policies = new Map<string, TlsPolicy>();
  for (const line of lines) {
    const [domain = '', level = '', ...names] = line.toLowerCase().trim().split(/ +/);
    policies.set(domain, toPolicy(level as Level, namesOr(names, domain), ca));
  }
  return {
    policyOf(domain) {
      const exact = policies.get(domain);
      if (exact !== undefined) return exact;
      // The nearest one above.
      for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
        const above = policies.get(domain.slice(dot));
        if (above !== undefined) return above;
      }
      return undefined;
    },
  };
}

function namesOr(names: readonly string[], domain: string): readonly string[] {
  // MX records are not authenticated, so what they name proves nothing; the domain itself does.
  const bare = domain.replace(/^\./, '');
  return names.length > 0 ? names : [bare, `.${bare}`];
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
