// The whole cluster file: the sections of all packages as one schema, and what holds at one site.
//
// Promise: what comes out is complete, checked and frozen; or a ConfigError says everything that is wrong.
import { loadClusterFile, parseClusterFile, renderExample } from '@restante/config';
import type {
  ClusterFile,
  ClusterTopology,
  EffectiveValue,
  Environment,
  FileCheck,
  SectionsOf,
  SiteConfig,
} from '@restante/config';
import { reportsSection } from '@restante/abuse-reports';
import { loginsSection } from '@restante/accounts';
import { blockListsSection } from '@restante/block-lists';
import { certificatesSection } from '@restante/certificates';
import { settingsSection } from '@restante/client-settings';
import { deliverySection } from '@restante/delivery';
import { dkimSection } from '@restante/dkim';
import { doctorSection } from '@restante/doctor';
import { healthSection } from '@restante/health';
import { imapSection } from '@restante/imap';
import { domainOf } from '@restante/mail-model';
import { mailboxesSection } from '@restante/mailbox-store';
import { greylistSection, judgingSection, policySection } from '@restante/policy';
import { pop3Section } from '@restante/pop3';
import { recipientsSection } from '@restante/recipients';
import { relaySection } from '@restante/relay';
import { retrySection } from '@restante/retry-queue';
import { scannersSection } from '@restante/scanners';
import { limitsSection } from '@restante/smtp';
import { spoolSection } from '@restante/spool';
import { noticesSection } from '@restante/notices';
import { submissionSection, watchSection } from '@restante/submission';
import { transportSecuritySection } from '@restante/transport-security';

/** Table of the file -> the package that owns it, in the order of the example file. */
export const clusterSchema = {
  limits: limitsSection,
  policy: policySection,
  judging: judgingSection,
  block_lists: blockListsSection,
  greylist: greylistSection,
  scanners: scannersSection,
  spool: spoolSection,
  retry: retrySection,
  delivery: deliverySection,
  transport_security: transportSecuritySection,
  health: healthSection,
  recipients: recipientsSection,
  mailboxes: mailboxesSection,
  relay: relaySection,
  certificates: certificatesSection,
  logins: loginsSection,
  submission: submissionSection,
  watch: watchSection,
  notices: noticesSection,
  dkim: dkimSection,
  imap: imapSection,
  pop3: pop3Section,
  settings: settingsSection,
  reports: reportsSection,
  doctor: doctorSection,
};

export type ClusterSections = SectionsOf<typeof clusterSchema>;

/** The sections hold where no site overrides them; ask siteOf() for what holds at a site. */
export interface ClusterConfig extends ClusterSections {
  /** Absolute path of the cluster file. */
  readonly file: string;
  readonly topology: ClusterTopology;
  /** Every setting with the line it came from, or "default". */
  readonly sources: readonly EffectiveValue[];
  readonly bySite: Readonly<Record<string, ClusterSections>>;
}

/** One site's view: itself, the others, and the sections as they hold there. */
export interface SiteView extends ClusterSections {
  readonly site: SiteConfig;
  readonly peers: readonly SiteConfig[];
  readonly topology: ClusterTopology;
}

/** A domain larger than the edge lets through would be promised and then refused. */
export const domainFitsThroughTheEdge: FileCheck<typeof clusterSchema> = ({
  topology,
  site,
  sections,
}) =>
  topology.domains.flatMap(({ name, messageMaxBytes, backups, home }) =>
    messageMaxBytes !== undefined &&
    messageMaxBytes > sections.limits.messageMaxBytes &&
    (home === site.name || backups.includes(site.name))
      ? [
          {
            key: `domain[${name}].message_max`,
            problem: `is more than [limits] message_max at ${site.name}`,
            remedy: 'Make it smaller, or let larger messages in.',
          },
        ]
      : [],
  );

/** Seconds of silence between two looks at a home should not become minutes unnoticed. */
export const probeEndsBeforeStrangersGiveUp: FileCheck<typeof clusterSchema> = ({
  sections: { health },
}) =>
  health.probeTimeoutMs * (health.failuresUntilSuspect + health.failuresUntilDown) <= 60 * 60_000
    ? []
    : [
        {
          key: 'health.probe_timeout',
          problem: 'lets a dead home look alive for more than an hour',
          remedy: 'Make the timeout shorter or the numbers of failures smaller.',
        },
      ];

/** RFC 9990 §3.5.2: reports pass DMARC themselves, which mail of ours does only in the name of a domain that is at home here. */
export const reportsComeFromUs: FileCheck<typeof clusterSchema> = ({
  topology,
  sections: { reports },
}) => {
  const { contact, sendsComplaints, sendsDmarcReports } = reports;
  if (contact === undefined || (!sendsComplaints && !sendsDmarcReports)) return [];
  return topology.domains.some(({ name, home }) => name === domainOf(contact) && home !== undefined)
    ? []
    : [
        {
          key: 'reports.contact',
          problem: 'is of none of the domains that are at home here, and reports are to be sent',
          remedy: 'Name an address of one of your own domains that somebody reads.',
        },
      ];
};

const checks = [domainFitsThroughTheEdge, probeEndsBeforeStrangersGiveUp, reportsComeFromUs];

/** With `site`: fetches the secrets of that site only, as its node does; otherwise everybody's. */
export async function loadClusterConfig(
  path: string,
  env: Environment,
  options: { readonly site?: string } = {},
): Promise<ClusterConfig> {
  return toConfig(await loadClusterFile(path, { schema: clusterSchema, env, checks, ...options }));
}

/** The same from a text; `file` says where relative paths start. */
export async function parseClusterConfig(
  text: string,
  file: string,
  env: Environment = {},
): Promise<ClusterConfig> {
  return toConfig(await parseClusterFile(text, file, { schema: clusterSchema, env, checks }));
}

/** Undefined when the cluster has no such site. */
export function siteOf(config: ClusterConfig, name: string): SiteView | undefined {
  const site = config.topology.sites.find((each) => each.name === name);
  const sections = config.bySite[name];
  if (!site || !sections) return undefined;
  const peers = config.topology.sites.filter((each) => each.name !== name);
  return Object.freeze({
    ...sections,
    site,
    peers: Object.freeze(peers),
    topology: config.topology,
  });
}

/** The text of deploy/restante.example.toml. */
export function exampleFile(): string {
  return renderExample(clusterSchema);
}

function toConfig({
  file,
  topology,
  sections,
  bySite,
  values,
}: ClusterFile<typeof clusterSchema>): ClusterConfig {
  return Object.freeze({ ...sections, file, topology, bySite, sources: values });
}
