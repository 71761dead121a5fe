#!/usr/bin/env -S node --conditions=source
// The command itself: nothing but the borders between the process and runCli().
import { enableCompileCache } from 'node:module';
import { extname, join } from 'node:path';

// From source every start would strip and compile a thousand files; with what the last start left behind it is half as long.
// A cache of our own beside the packages: whoever may write there may change the program anyway.
if (extname(import.meta.filename) === '.ts')
  enableCompileCache(join(import.meta.dirname, '..', '..', '..', '.cache', 'compile'));

const { processSurroundings } = await import('./surroundings.ts');
const { runCli } = await import('./run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2), processSurroundings());
