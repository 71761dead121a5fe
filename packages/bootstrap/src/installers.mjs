// The system's package managers: which one is here, whether we may use it, and how it installs without starting services.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { runQuietly } from './child.mjs';

const debianPolicyFile = '/usr/sbin/policy-rc.d';

/** One at a time is slow where no mirror answers; what is not there by then is not there. */
const patienceMs = 120_000;

const managers = [
  { key: 'apt', name: 'apt-get', install: ['install', '-y', '--no-install-recommends'] },
  { key: 'dnf', name: 'dnf', install: ['install', '-y', '--setopt=install_weak_deps=False'] },
  { key: 'apk', name: 'apk', install: ['add', '--no-progress'] },
  { key: 'brew', name: 'brew', install: ['install', '--quiet'] },
];

/** The package manager of this system, or undefined. */
export async function findInstaller() {
  for (const manager of managers) {
    const { code } = await runQuietly(manager.name, ['--version']);
    if (code === 0) return createInstaller(manager, await findPrivilege(manager));
  }
  return undefined;
}

/** How a command becomes root's: nothing to add, sudo without a password, or not at all. */
async function findPrivilege({ key }) {
  if (key === 'brew' || process.getuid?.() === 0) return [];
  const { code } = await runQuietly('sudo', ['-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}

function createInstaller(manager, privilege) {
  const asRoot = (command, args, options) => {
    const [first, ...rest] = [...(privilege ?? []), command, ...args];
    return runQuietly(first, rest, options);
  };
  return {
    name: manager.name,
    isAllowed: privilege !== undefined,
    commandFor(programs) {
      const names = programs.flatMap((program) => namesOf(program, manager));
      const words = [manager.name, ...manager.install.filter((word) => word !== '-y'), ...names];
      return `${manager.key === 'brew' ? '' : 'sudo '}${words.join(' ')}`;
    },
    /** As many of them as this system has. */
    async install(programs) {
      const wanted = programs.filter((program) => namesOf(program, manager).length > 0);
      if (wanted.length === 0) return;
      const install = () => installTogether(asRoot, manager, wanted);
      await (manager.key === 'apt' ? withoutServiceStart(asRoot, install) : install());
      await keepFromStarting(
        asRoot,
        wanted.flatMap(({ services }) => services),
      );
    },
  };
}

function namesOf({ packages }, { key }) {
  return packages[key]?.split(' ') ?? [];
}

async function installTogether(asRoot, manager, programs) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = (names) =>
    asRoot(...commandLine(manager, [...manager.install, ...names]), options);
  const all = programs.flatMap((program) => namesOf(program, manager));
  if (manager.key === 'apt') {
    // Postfix would otherwise ask what kind of mail server this is to be, and become one.
    const noMailServer = 'postfix postfix/main_mailer_type select No configuration\n';
    await asRoot('debconf-set-selections', [], { input: noMailServer });
  }
  if ((await install(all)).code === 0) return;
  // A fresh image has no lists of packages yet.
  if (manager.key === 'apt') {
    await asRoot('apt-get', ['update'], options);
    if ((await install(all)).code === 0) return;
  }
  // One that this system does not have must not keep the others away.
  const endMs = Date.now() + patienceMs;
  for (const program of programs.length > 1 ? programs : []) {
    if (Date.now() < endMs) await install(namesOf(program, manager));
  }
}

/** sudo drops the environment, so what apt must know goes through env(1). */
function commandLine({ key, name }, args) {
  return key === 'apt' ? ['env', ['DEBIAN_FRONTEND=noninteractive', name, ...args]] : [name, args];
}

/**
 * Debian starts a service as it installs it, unless this file says that nothing may be started (deb-systemd-invoke(1)).
 * With sudo only, keepFromStarting() below stops it right afterwards.
 */
async function withoutServiceStart(asRoot, work) {
  if (existsSync(debianPolicyFile) || process.getuid?.() !== 0) return work();
  writeFileSync(debianPolicyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const remove = () => rmSync(debianPolicyFile, { force: true });
  process.once('exit', remove);
  try {
    return await work();
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** Stops what the install may have started and keeps it from starting with the machine; we installed it, so we may. */
async function keepFromStarting(asRoot, services) {
  for (const service of services) {
    if (existsSync('/run/systemd/system')) await asRoot('systemctl', ['disable', '--now', service]);
    else if (existsSync('/usr/sbin/update-rc.d')) await asRoot('update-rc.d', [service, 'disable']);
  }
}
