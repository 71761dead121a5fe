// The first line (RFC 3501 §7.1.1), capabilities along with it, so that a client need not ask.
import { capabilities } from '../capabilities.ts';
import type { Session } from './session.ts';

export function greet(session: Session): void {
  const { out, server } = session;
  out.untagged(`OK [CAPABILITY ${capabilities(session).join(' ')}] ${server.hostname} is ready.`);
}
