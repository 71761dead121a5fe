// Which addresses of strangers' mail servers may be connected to. An MX record is somebody else's word: it can point at our
// own loopback, at a machine behind our firewall, or at ourselves.
import ipaddr from 'ipaddr.js';

export interface AddressGuardOptions {
  /** Our own addresses, as text. */
  readonly ownAddresses: readonly string[];
  /** Also private, loopback, link-local and reserved ones; for laboratories. */
  readonly allowPrivate: boolean;
}

/** Undefined: fine. Otherwise a reason for a person. */
export type AddressGuard = (address: string) => string | undefined;

export function createAddressGuard({
  ownAddresses,
  allowPrivate,
}: AddressGuardOptions): AddressGuard {
  const own = new Set(ownAddresses.map(normalAddress));
  return (address) => {
    if (!ipaddr.isValid(address)) return 'is not an address';
    if (own.has(normalAddress(address))) return 'is our own';
    // process() unwraps IPv4-mapped addresses; NAT64, 6to4, Teredo and the like have ranges of their own.
    const range = ipaddr.process(address).range();
    return allowPrivate || range === 'unicast'
      ? undefined
      : `is not an address of the internet (${range})`;
  };
}

/** One spelling for one address. */
export function normalAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}
