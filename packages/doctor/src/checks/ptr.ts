// Every address we send from has a name, and the name leads back (RFC 1912 §2.1); without it much mail is refused outright.
import { asked } from '../ask-dns.ts';
import type { Finding } from '../doctor.ts';
import { about, words } from '../finding.ts';
import { publicOnes } from '../look.ts';
import type { Check, Look } from '../look.ts';

const namesMax = 5;

export const ptr: Check = {
  name: 'ptr',
  async run(look) {
    const { ours } = look;
    const found = await look.addressesOf(ours);
    const say = about('ptr', ours.hostname);
    if (found.kind === 'unknown') return [say.unknown(`No address is known: ${found.why}`)];
    const addresses = found.kind === 'found' ? publicOnes(found.value) : [];
    if (addresses.length === 0)
      return [
        say.notice(
          'The site has no public address, so there is no pointer to look at.',
          `For more than a trial: give ${ours.hostname} its public address in DNS.`,
        ),
      ];
    return Promise.all(addresses.map(async (address) => pointerOf(look, address)));
  },
};

async function pointerOf({ ours, options }: Look, address: string): Promise<Finding> {
  const { hostname } = ours;
  const say = about('ptr', address);
  const remedy = `Ask whoever rents you ${address} to set its pointer (PTR, reverse DNS) to ${hostname}.`;
  const names = await asked(options.resolver.reverse(address));
  if (names.kind === 'unknown') return say.unknown(`Its name could not be looked up: ${names.why}`);
  if (names.kind === 'nothing')
    return say.problem('The address has no name (no PTR record).', remedy);
  const ways = await Promise.all(
    names.value.slice(0, namesMax).map(async (name) => ({
      name,
      back: await asked(options.resolver.lookup(name)),
    })),
  );
  const leading = ways.filter(
    ({ back }) => back.kind === 'found' && back.value.some((each) => each.address === address),
  );
  if (leading.some(({ name }) => name === hostname))
    return say.fine(`Is ${hostname}, and ${hostname} leads back.`);
  const [other] = leading;
  if (other !== undefined)
    return say.notice(`Is ${other.name}, which leads back; but we greet as ${hostname}.`, remedy);
  const unsure = ways.find(({ back }) => back.kind === 'unknown');
  if (unsure !== undefined) return say.unknown(`Is ${unsure.name}, which could not be looked up.`);
  return say.problem(`Is ${words(names.value)}, which does not lead back to it.`, remedy);
}
