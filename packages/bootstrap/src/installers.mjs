// The system's package managers: which one is here, whether we may use it, and how it installs without starting services.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { runQuietly } from './child.mjs';

const debianPolicyFile = '/usr/sbin/policy-rc.d';

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
      const names = programs.map(({ packages }) => packages[manager.key]).filter(Boolean);
      const words = [manager.name, ...manager.install.filter((word) => word !== '-y'), ...names];
      return `${manager.key === 'brew' ? '' : 'sudo '}${words.join(' ')}`;
    },
    async install({ packages, services }) {
      const name = packages[manager.key];
      if (name === undefined) return;
      const install = () => installOne(asRoot, manager, name);
      await (manager.key === 'apt' ? withoutServiceStart(asRoot, install) : install());
      await keepFromStarting(asRoot, services);
    },
  };
}

async function installOne(asRoot, manager, name) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = () => asRoot(...commandLine(manager, [...manager.install, name]), options);
  if (manager.key !== 'apt') return install();
  // Postfix would otherwise ask what kind of mail server this is to be, and become one.
  const noMailServer = 'postfix postfix/main_mailer_type select No configuration\n';
  await asRoot('debconf-set-selections', [], { input: noMailServer });
  const first = await install();
  if (first.code === 0) return first;
  // A fresh image has no lists of packages yet.
  await asRoot('apt-get', ['update'], options);
  return install();
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
