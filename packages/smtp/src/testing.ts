// For tests of packages that talk SMTP to somebody: a server that says what the test tells it to.
export type { ScriptedPeer, ScriptedServer } from './testing/scripted-server.ts';
export { eventually, startScriptedServer } from './testing/scripted-server.ts';
