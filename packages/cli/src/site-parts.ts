// The only file of the commands that knows what the composition root offers: the cluster file with every section.
// Running a site is site-run.ts, making keys is cluster-init.ts.
//
// The whole product stands behind it, so it is loaded when it is needed: `restante --help` is quick.
import type { Environment } from '@restante/config';
import type { ClusterConfig } from '@restante/site';

export type Cluster = ClusterConfig;

/**
 * With `site`: that site's secrets have to be here, as on its own machine. Without: nobody's, because a look at the cluster needs
 * none, and no machine has them all.
 */
export async function loadCluster(path: string, env: Environment, site?: string): Promise<Cluster> {
  const { loadClusterConfig } = await import('@restante/site');
  return loadClusterConfig(path, env, { site: site ?? '' });
}

export async function exampleClusterFile(): Promise<string> {
  const { exampleFile } = await import('@restante/site');
  return exampleFile();
}
