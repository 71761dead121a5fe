// Who may operate: the caller that knows the site's token (RFC 6750 §2.1). The comparison takes the same time for every
// wrong token, so that nobody guesses it byte by byte.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@restante/runtime';
import { SiteApiError } from '../errors.ts';

/** A check of the Authorization header that throws NOT_AUTHORIZED. */
export function bearerCheck(token: Secret): (authorization: string | undefined) => void {
  const expected = digest(token.reveal());
  return (authorization) => {
    const given = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? '';
    // Digests have one length, as timingSafeEqual demands.
    if (!timingSafeEqual(digest(given), expected)) {
      throw new SiteApiError('NOT_AUTHORIZED', {
        detail:
          "Send the site's token: Authorization: Bearer <content of operator.token in the site's directory>.",
      });
    }
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
