// What the doctor is given: who the sites are and whose mail they carry, and ways to look. All optional ones make their check
// "unknown" or leave it out when they are missing.
import type { BlockLists } from '@restante/block-lists';
import type { SectionValues } from '@restante/config';
import type { DkimKeys } from '@restante/dkim';
import type { Resolver } from '@restante/dns';
import type { Clock } from '@restante/runtime';
import type { doctorSection } from './config.ts';
import type { DoctorEvent } from './doctor.ts';

export interface DoctorSite {
  readonly name: string;
  /** What it greets with, and its MX name. */
  readonly hostname: string;
  /** host:port where the world reaches it. */
  readonly smtp: string;
  /** Public addresses it sends from; none: those of its host name. */
  readonly addresses?: readonly string[];
}

export interface DoctorDomain {
  readonly name: string;
  /** Names of sites, the home first, then its backups in their order. */
  readonly sites: readonly string[];
  /** Its home is a mail host of others: only its MX records concern us. Host name without a port. */
  readonly homeHost?: string;
}

export interface DoctorMirror {
  /** The home whose recipients we mirror. */
  readonly home: string;
  /** Absent: there is none yet. */
  readonly ageMs?: number;
}

export interface DoctorOptions {
  /** Name of the site that looks. */
  readonly site: string;
  /** All of the cluster, this one included. */
  readonly sites: readonly DoctorSite[];
  readonly domains: readonly DoctorDomain[];
  readonly settings: SectionValues<typeof doctorSection>;
  /** One that remembers nothing: who has just mended a record wants to see it. */
  readonly resolver: Pick<Resolver, 'resolve' | 'resolveDetailed' | 'reverse' | 'lookup'>;
  readonly clock: Clock;
  readonly onEvent: (event: DoctorEvent) => void;
  /** What our own servers promise (client-settings). */
  readonly mtaSts: { readonly mode: 'enforce' | 'testing' | 'none'; readonly maxAgeMs: number };
  readonly lists?: Pick<BlockLists, 'lookUp'>;
  readonly dkimKeys?: Pick<DkimKeys, 'keysOf' | 'stateOf'>;
  /** Another site's time now, milliseconds since 1970; rejects when it cannot be had. */
  readonly peerClock?: (site: string, signal: AbortSignal) => Promise<number>;
  readonly mirrors?: () => readonly DoctorMirror[];
  /** For tests: roots instead of the usual ones, the port of policy hosts, where mail hosts of others listen. */
  readonly laboratory?: {
    readonly ca?: string;
    readonly policyPort?: number;
    readonly smtpPort?: number;
  };
}
