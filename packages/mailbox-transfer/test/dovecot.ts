// A private Dovecot on loopback as the account to leave: its mail is a Maildir that the test has written.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { until } from '../../../test/kit/until.ts';
import { freePort } from '../../../test/kit/free-port.ts';

export const remotePassword = 'geheim "\\ ü';

export interface Dovecot extends AsyncDisposable {
  readonly port: number;
}

/** False when it is here, otherwise why the test is skipped. */
export function dovecotMissing(): string | false {
  if (process.getuid?.() !== 0) return 'needs root to start a private Dovecot';
  try {
    execFileSync('dovecot', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'Dovecot (imapd) is not installed';
  }
}

// "nobody": any account that is not root will do.
const mailUid = 65_534;

/** `root` is a directory of the test's; the Maildir of everybody is below it. */
export async function startDovecot(root: string, maildir: string): Promise<Dovecot> {
  await chmod(root, 0o755);
  execFileSync('chown', ['-R', `${mailUid}:${mailUid}`, maildir]);
  const home = join(root, 'dovecot');
  await mkdir(home);
  const port = await freePort();
  await writeFile(join(home, 'passwd'), `ana@old.test:{PLAIN}${remotePassword}\n`);
  await writeFile(
    join(home, 'dovecot.conf'),
    `
protocols = imap
listen = 127.0.0.1
base_dir = ${home}/run
state_dir = ${home}/state
instance_name = transfer-${port}
log_path = ${home}/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${maildir}
first_valid_uid = 1
auth_mechanisms = plain
passdb {
  driver = passwd-file
  args = ${home}/passwd
}
userdb {
  driver = static
  args = uid=${mailUid} gid=${mailUid} home=${home}/home
}
namespace inbox {
  inbox = yes
  mailbox Gesendet {
    special_use = \\Sent
  }
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`,
  );
  const server = spawn('dovecot', ['-F', '-c', join(home, 'dovecot.conf')], { stdio: 'ignore' });
  const exited = once(server, 'exit');
  await until(
    async () => {
      const socket = connect(port, '127.0.0.1');
      try {
        await once(socket, 'data');
        return true;
      } finally {
        socket.destroy();
      }
    },
    { what: 'Dovecot greets' },
  );
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}
