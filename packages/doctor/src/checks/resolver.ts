// The resolver behind this site: does it answer, and does it validate (AD, RFC 6840 §5.7)? DANE and much belief hang on it.
import { asked } from '../ask-dns.ts';
import { about } from '../finding.ts';
import type { Check } from '../look.ts';

/** A zone that has been signed since 2009 and is not going away. */
const signedZone = 'org';

export const resolver: Check = {
  name: 'resolver',
  async run({ options }) {
    const say = about('resolver', 'DNS');
    const found = await asked(options.resolver.resolveDetailed(signedZone, 'NS'));
    if (found.kind === 'unknown')
      return [
        say.problem(
          `It does not answer: ${found.why}`,
          'See dns_servers of the cluster file, or /etc/resolv.conf, and whether a resolver runs there.',
        ),
      ];
    if (found.kind === 'nothing')
      return [
        say.unknown(
          `It does not know ${signedZone}: it serves a closed network.`,
          'For more than a trial: a resolver that knows the internet.',
        ),
      ];
    return found.value.isAuthenticated
      ? [say.fine('Answers, and validates signatures.')]
      : [
          say.notice(
            'Answers, and does not validate signatures (DNSSEC): DANE is not followed, and forged answers are believed.',
            'Run a resolver that validates on this machine (unbound, knot-resolver) and name it in dns_servers; many block lists want one, too.',
          ),
        ];
  },
};
