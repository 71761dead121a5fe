#!/usr/bin/env -S node --conditions=source
// The command itself: nothing but the borders between the process and runCli().
import { processSurroundings } from './surroundings.ts';
import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), processSurroundings());
