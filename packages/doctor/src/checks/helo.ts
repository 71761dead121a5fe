// The name we greet with must lead to us (RFC 5321 §4.1.4): many servers ask, and refuse names that do not exist.
import { about, words } from '../finding.ts';
import { publicOnes } from '../look.ts';
import type { Check } from '../look.ts';
import { asked } from '../ask-dns.ts';

export const helo: Check = {
  name: 'helo',
  async run({ ours, options }) {
    const { hostname, addresses } = ours;
    const say = about('helo', hostname);
    const found = await asked(options.resolver.lookup(hostname));
    if (found.kind === 'unknown') return [say.unknown(`It could not be looked up: ${found.why}`)];
    if (found.kind === 'nothing')
      return [
        say.problem(
          'The name we greet with does not exist.',
          `Write an A record (and AAAA) for ${hostname} with the public address of the site.`,
        ),
      ];
    const there = found.value.map(({ address }) => address);
    if (publicOnes(there).length === 0)
      return [
        say.notice(
          `It leads to ${words(there)}, where only this machine or network finds us.`,
          `For more than a trial: an A record of ${hostname} with the public address.`,
        ),
      ];
    const missing = (addresses ?? []).filter((address) => !there.includes(address));
    if (missing.length > 0)
      return [
        say.problem(
          `It leads to ${words(there)}, but we also send from ${words(missing)}.`,
          `Add the missing address to the records of ${hostname}, or send from the others only.`,
        ),
      ];
    return [say.fine(`Leads to ${words(there)}.`)];
  },
};
