// Which mechanisms a connection is offered, and an exchange of each.
//
// Whether a mechanism that shows the password may be used at all (only over TLS) is the protocol's decision; it asks for
// the list when it would accept them.
import { oauthBearerExchange, xoauth2Exchange } from './bearer.ts';
import { loginExchange } from './login.ts';
import { plainExchange } from './plain.ts';
import type { SaslContext, SaslExchange } from './sasl-server.ts';
import { scramExchange } from './scram/scram-exchange.ts';

interface Mechanism {
  readonly name: string;
  isOffered(context: SaslContext): boolean;
  begin(context: SaslContext): SaslExchange;
}

const always = () => true;
const withScram = ({ credentials }: SaslContext) => credentials.offersScram !== false;
const withTokens = ({ credentials }: SaslContext) => credentials.verifyToken !== undefined;

/** Strongest first: a client that takes the first it knows takes the best. */
const mechanisms: readonly Mechanism[] = [
  {
    name: 'SCRAM-SHA-256-PLUS',
    isOffered: (context) => withScram(context) && context.tlsExporter !== undefined,
    begin: (context) => scramExchange(context, { withBinding: true }),
  },
  {
    name: 'SCRAM-SHA-256',
    isOffered: withScram,
    begin: (context) => scramExchange(context, { withBinding: false }),
  },
  { name: 'OAUTHBEARER', isOffered: withTokens, begin: oauthBearerExchange },
  { name: 'XOAUTH2', isOffered: withTokens, begin: xoauth2Exchange },
  { name: 'PLAIN', isOffered: always, begin: plainExchange },
  { name: 'LOGIN', isOffered: always, begin: loginExchange },
];

/** Names as they are advertised, strongest first. */
export function mechanismsFor(context: SaslContext): readonly string[] {
  return mechanisms.filter((each) => each.isOffered(context)).map(({ name }) => name);
}

/** An exchange of the mechanism, named in any case; undefined when it is not offered on this connection. */
export function createSaslExchange(
  mechanism: string,
  context: SaslContext,
): SaslExchange | undefined {
  const name = mechanism.toUpperCase();
  const found = mechanisms.find((each) => each.name === name && each.isOffered(context));
  return found?.begin(context);
}
