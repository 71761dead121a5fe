// Programs of the system that Restante needs beside Node: Redis to run, a few more to be tested against.
//
// Promise: what is there is used as it is; what we install is not left running or set to run by itself, because a
// stranger's Postfix on port 25 is not what somebody wants who typed "npm test".
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './child.mjs';
import { findInstaller } from './installers.mjs';
import { say, step, Trouble } from './say.mjs';

const redis = {
  label: 'Redis',
  command: 'redis-server',
  why: 'keeps the timetable of retries',
  isGood: (version) => isAtLeast(version, [6, 2]),
  wants: 'version 6.2 or newer',
  packages: { apt: 'redis-server', dnf: 'redis', apk: 'redis', brew: 'redis' },
  services: ['redis-server', 'redis'],
};

const postfix = {
  label: 'Postfix',
  command: 'postfix',
  why: 'plays the stranger',
  packages: { apt: 'postfix', dnf: 'postfix', apk: 'postfix', brew: undefined },
  services: ['postfix'],
};

const strace = {
  label: 'strace',
  command: 'strace',
  why: 'makes the disk fail',
  packages: { apt: 'strace', dnf: 'strace', apk: 'strace', brew: undefined },
  services: [],
};

const dovecot = {
  label: 'Dovecot',
  command: 'dovecot',
  why: 'reads our mailboxes',
  packages: {
    apt: 'dovecot-imapd dovecot-pop3d dovecot-lmtpd',
    dnf: 'dovecot',
    apk: 'dovecot dovecot-pop3d dovecot-lmtpd',
    brew: 'dovecot',
  },
  services: ['dovecot'],
};

// What people read their mail with.
const mailPrograms = [
  ['mbsync', { apt: 'isync', dnf: 'isync', apk: 'isync', brew: 'isync' }],
  ['fetchmail', { apt: 'fetchmail', dnf: 'fetchmail', apk: 'fetchmail', brew: 'fetchmail' }],
  ['getmail', { apt: 'getmail6', dnf: 'getmail6', brew: 'getmail' }],
  ['mpop', { apt: 'mpop', dnf: 'mpop', apk: 'mpop', brew: 'mpop' }],
  ['mutt', { apt: 'mutt', dnf: 'mutt', apk: 'mutt', brew: 'mutt' }],
  ['offlineimap', { apt: 'offlineimap3', dnf: 'offlineimap', brew: 'offlineimap' }],
].map(([command, packages]) => ({
  label: command,
  command,
  why: 'is a client of ours',
  packages,
  services: command === 'fetchmail' ? ['fetchmail'] : [],
}));

const optional = [
  dovecot,
  {
    label: 'OpenSSL',
    command: 'openssl',
    why: 'looks at our TLS',
    packages: { apt: 'openssl', dnf: 'openssl', apk: 'openssl', brew: 'openssl' },
    services: [],
  },
  {
    label: 'curl',
    command: 'curl',
    why: 'sends and fetches',
    packages: { apt: 'curl', dnf: 'curl', apk: 'curl', brew: 'curl' },
    services: [],
  },
  {
    label: 'dkimpy',
    command: 'python3',
    // The system's own: another Python does not find what the system's package manager installs.
    dirs: ['/usr/bin'],
    needs: ['-c', 'import dkim, nacl'],
    why: 'verifies our signatures',
    packages: { apt: 'python3-dkim python3-nacl', dnf: 'python3-dkimpy python3-pynacl' },
    services: [],
  },
  ...mailPrograms,
];

/** What npm start needs. */
export const programsToRun = { required: [redis], optional: [] };

/** What npm test needs; strace exists on Linux only, and tests that want what is not there skip by name. */
export const programsToTest =
  process.platform === 'linux'
    ? { required: [redis, postfix, strace], optional }
    : { required: [redis], optional: [postfix, ...optional] };

/** Where system programs are, also those that only root has on the path. */
export const systemPath = [
  ...(process.env.PATH ?? '').split(path.delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/opt/homebrew/bin',
].filter((dir, at, all) => dir !== '' && all.indexOf(dir) === at);

/** Sees to it that the required programs are there, and tries for the optional ones. */
export async function providePrograms({ required, optional: wished }, { isQuiet }) {
  const missing = [];
  for (const program of [...required, ...wished]) {
    const found = await findProgram(program);
    if (!found.isGood) missing.push({ program, found });
    else if (!isQuiet) say(program.label, found.text);
  }
  // What is there and too old is somebody's: it may be serving them now, so replacing it is theirs to do.
  const absent = missing.filter(({ found }) => found.text === undefined);
  await installMissing(
    absent.map(({ program }) => program).filter((each) => required.includes(each)),
  );
  await installMissing(
    absent.map(({ program }) => program).filter((each) => wished.includes(each)),
  );
  const lacking = [];
  for (const { program } of missing) {
    const found = await findProgram(program);
    if (!found.isGood) lacking.push({ program, found });
    else if (!isQuiet) say(program.label, found.text);
  }
  await report(lacking, required);
}

async function installMissing(missing) {
  if (missing.length === 0) return;
  const installer = await findInstaller();
  if (installer === undefined || !installer.isAllowed) return;
  const labels = missing.map(({ label }) => label).join(', ');
  await step('system', `installing ${labels} with ${installer.name}`, async () =>
    installer.install(missing),
  );
}

async function report(missing, required) {
  const isRequired = ({ program }) => required.includes(program);
  for (const { program } of missing.filter((each) => !isRequired(each))) {
    say(program.label, `not there (${program.why}); tests that need it are skipped by name`);
  }
  const lacking = missing.filter(isRequired);
  if (lacking.length === 0) return;
  const installer = await findInstaller();
  const remedy =
    installer === undefined
      ? ['Install it with the tools of your system, then run the same command again.']
      : [
          'Run this, then the same command again:',
          `  ${installer.commandFor(lacking.map(({ program }) => program))}`,
        ];
  throw new Trouble(lacking.map(whatIsWrong).join('\n'), remedy);
}

function whatIsWrong({ program: { label, why, wants }, found }) {
  if (found.text === undefined) return `${label} is missing; it ${why}.`;
  return `${label} is there but too old (${found.text}); Restante wants ${wants}.`;
}

/** The first one on the path, as a shell would find it; `text` is absent when there is none, or it lacks what it needs. */
async function findProgram({ command, isGood, needs, dirs = systemPath }) {
  const dir = dirs.find((each) => isExecutable(path.join(each, command)));
  if (dir === undefined) return { isGood: false };
  const full = path.join(dir, command);
  if (needs !== undefined) {
    const { code } = await runQuietly(full, needs);
    return code === 0 ? { isGood: true, text: full } : { isGood: false };
  }
  if (isGood === undefined) return { isGood: true, text: full };
  const { output } = await runQuietly(full, ['--version']);
  const version = /v=(\d[\d.]*)/.exec(output)?.[1] ?? '';
  return { isGood: isGood(version), text: `${full} ${version}` };
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there or not ours to run: the same to us.
    return false;
  }
}

function isAtLeast(version, [major, minor]) {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}
