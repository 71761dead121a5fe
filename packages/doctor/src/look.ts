// One look: the options, its end, and what several checks need and only one should ask for.
import { splitHostPort } from '@restante/config';
import { isListable } from '@restante/block-lists';
import { isIP } from 'node:net';
import { asked } from './ask-dns.ts';
import type { Asked } from './ask-dns.ts';
import type { DoctorDomain, DoctorOptions, DoctorSite } from './doctor-options.ts';
import type { Finding } from './doctor.ts';
import { lookAtDoor } from './door.ts';
import type { Door } from './door.ts';

export interface Look {
  readonly options: DoctorOptions;
  readonly signal: AbortSignal;
  readonly ours: DoctorSite;
  /** Domains whose home is one of the sites: their mail leaves from us. */
  readonly homeDomains: readonly DoctorDomain[];
  siteNamed(name: string): DoctorSite | undefined;
  /** Addresses a site sends from and is reached at. */
  addressesOf(site: DoctorSite): Promise<Asked<readonly string[]>>;
  /** Every address of its SMTP door, as it shows itself to who connects. */
  doorsOf(site: DoctorSite): Promise<Asked<readonly Door[]>>;
}

/** One question the doctor asks. Adding one: a file in checks/, a line in checks/index.ts. */
export interface Check {
  readonly name: string;
  run(look: Look): Promise<readonly Finding[]>;
}

const doorsMax = 4;

export function startLook(options: DoctorOptions, signal: AbortSignal): Look {
  const ours = options.sites.find(({ name }) => name === options.site);
  if (ours === undefined) throw new TypeError(`There is no site ${JSON.stringify(options.site)}.`);
  const addressesAt = async (host: string): Promise<Asked<readonly string[]>> => {
    const found = await asked(options.resolver.lookup(host));
    return found.kind === 'found'
      ? { kind: 'found', value: found.value.map(({ address }) => address) }
      : found;
  };
  const doorsAt = async (site: DoctorSite): Promise<Asked<readonly Door[]>> => {
    const { host, port } = splitHostPort(site.smtp) ?? { host: site.hostname, port: 25 };
    const found: Asked<readonly string[]> =
      isIP(host) === 0 ? await addressesAt(host) : { kind: 'found', value: [host] };
    if (found.kind !== 'found') return found;
    const { ca } = options.laboratory ?? {};
    const doors = await Promise.all(
      found.value.slice(0, doorsMax).map(async (address) =>
        lookAtDoor({
          host: site.hostname,
          address,
          port,
          helo: ours.hostname,
          signal,
          ...(ca === undefined ? {} : { ca }),
        }),
      ),
    );
    return { kind: 'found', value: doors };
  };
  return {
    options,
    signal,
    ours,
    homeDomains: options.domains.filter(({ homeHost }) => homeHost === undefined),
    siteNamed: (name) => options.sites.find((site) => site.name === name),
    addressesOf: once(async (site) =>
      site.addresses === undefined
        ? addressesAt(site.hostname)
        : { kind: 'found', value: site.addresses },
    ),
    doorsOf: once(doorsAt),
  };
}

/** Addresses that mean us everywhere; a site in a trial has only others. */
export function publicOnes(addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => isListable(address));
}

function once<T>(ask: (site: DoctorSite) => Promise<T>): (site: DoctorSite) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return async (site) => {
    const found = known.get(site.name) ?? ask(site);
    known.set(site.name, found);
    return found;
  };
}
