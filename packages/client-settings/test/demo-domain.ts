// A domain with its home in one place and its backup in another, as the tests ask about it.
import type { ServedDomain } from '@restante/client-settings';

export const demo: ServedDomain = {
  name: 'shanghai.test',
  sites: [
    {
      hostname: 'mx.shanghai.test',
      ports: { submission: 587, submissions: 465, imap: 143, imaps: 993 },
      addresses: ['192.0.2.1', '2001:db8::1'],
    },
    { hostname: 'mx.us.test', ports: { submission: 587, submissions: 465 } },
  ],
};
