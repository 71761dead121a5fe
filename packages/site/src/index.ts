// The public face of @restante/site.
export type { ClusterConfig, ClusterSections, SiteView } from './cluster-config.ts';
export { clusterSchema, exampleFile, loadClusterConfig, parseClusterConfig, siteOf } from './cluster-config.ts';
