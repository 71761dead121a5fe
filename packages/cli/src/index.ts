// The public face of @restante/cli: the command as a function, for tests and for the bootstrap.
export { runCli } from './run-cli.ts';
export type { Output, Surroundings } from './surroundings.ts';
export type { ExitCode } from './to-exit-code.ts';
