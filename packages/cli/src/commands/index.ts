// The table of commands, in the order --help shows them.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { accountCommand } from './account.ts';
import { aliasCommand } from './alias.ts';
import { allowCommand } from './allow.ts';
import { blockCommand } from './block.ts';
import { quotaCommand } from './account-quota.ts';
import { appPasswordCommand } from './app-password.ts';
import { catchAllCommand } from './catch-all.ts';
import { certificateCommand } from './certificate.ts';
import { clusterCommand } from './cluster.ts';
import { configCommand } from './config.ts';
import { dkimCommand } from './dkim.ts';
import { doctorCommand } from './doctor.ts';
import { domainCommand } from './domain.ts';
import { explainCommand } from './explain.ts';
import { healthCommand } from './health.ts';
import { mailboxCommand } from './mailbox.ts';
import { quarantineCommand } from './quarantine.ts';
import { policyCommand } from './policy.ts';
import { queueCommand } from './queue.ts';
import { quickstartCommand } from './quickstart.ts';
import { reportsCommand } from './reports.ts';
import { routeCommand } from './route.ts';
import { sendCommand } from './send.ts';
import { siteCommand } from './site.ts';
import { spoolCommand } from './spool.ts';
import { statusCommand } from './status.ts';
import { traceCommand } from './trace.ts';

export const commands: readonly ((cli: Cli) => Command)[] = [
  quickstartCommand,
  sendCommand,
  statusCommand,
  queueCommand,
  quarantineCommand,
  blockCommand,
  allowCommand,
  routeCommand,
  domainCommand,
  dkimCommand,
  traceCommand,
  explainCommand,
  policyCommand,
  reportsCommand,
  siteCommand,
  spoolCommand,
  accountCommand,
  appPasswordCommand,
  quotaCommand,
  aliasCommand,
  catchAllCommand,
  mailboxCommand,
  certificateCommand,
  configCommand,
  clusterCommand,
  healthCommand,
  doctorCommand,
];
