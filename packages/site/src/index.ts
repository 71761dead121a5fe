// The public face of @restante/site.
export type { ClusterConfig, ClusterSections, SiteView } from './cluster-config.ts';
export {
  clusterSchema,
  exampleFile,
  loadClusterConfig,
  parseClusterConfig,
  siteOf,
} from './cluster-config.ts';
export type { KeyAndCertificate, SiteName } from './pki/certificates.ts';
export type { PkiFailureCode } from './pki/errors.ts';
export { PkiError, pkiFailures } from './pki/errors.ts';
export type { InitOptions, InitReport } from './pki/init-cluster.ts';
export { initCluster, renewSites } from './pki/init-cluster.ts';
export type { PkiRow, SitePki } from './pki/read-site-pki.ts';
export { describePki, readSitePki } from './pki/read-site-pki.ts';
export type { RunningSite, RunSiteOptions } from './run-site.ts';
export { runSite } from './run-site.ts';
export { servedDomain } from './served-domains.ts';
