// The public face of @restante/config.
export type { ClusterTopology, DomainConfig, SiteConfig, SiteListen } from './cluster.ts';
export type {
  AnyField,
  Field,
  FieldAnswer,
  FieldContext,
  Fields,
  SecretSource,
  ValuesOf,
} from './field.ts';
export { bytes, count, duration, flag, list, oneOf, ratio } from './fields.ts';
export {
  hostname,
  hostPort,
  listenAddress,
  path,
  splitHostPort,
  text,
  timezone,
} from './named-fields.ts';
export type {
  AnySection,
  Schema,
  Section,
  SectionCheck,
  SectionProblem,
  SectionValues,
} from './section.ts';
export { section } from './section.ts';
export type { ClusterFile, FileCheck, LoadOptions, SectionsOf } from './load-cluster-file.ts';
export { loadClusterFile, parseClusterFile } from './load-cluster-file.ts';
export type { ConfigFailureCode, Problem } from './problem.ts';
export { ConfigError, configFailures, formatProblems } from './problem.ts';
export type { EffectiveValue, ValueSource } from './read-table.ts';
export { effectiveValues, formatValues } from './effective-values.ts';
export { renderExample } from './render-example.ts';
export type { Environment } from './secrets.ts';
