// A private Dovecot on loopback: the peer in the mailbox benches, the other reader of a mailbox in interop tests. Its own
// directories and configuration; the machine's Dovecot service is never touched.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Dialogue } from './dialogue.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface DovecotOptions {
  /** An empty directory of its own. */
  readonly dir: string;
  /** Mailboxes, <domain>/<user>/Maildir below it; they have to belong to the mail user. */
  readonly mailDir: string;
}

export interface Dovecot extends AsyncDisposable {
  /** host:port; every password is "secret". */
  readonly imap: string;
  /** Unix socket that speaks LMTP. */
  readonly lmtp: string;
  readonly pid: number;
  log(): Promise<string>;
}

// "nobody" everywhere: Dovecot reads no mail as root.
export const dovecotMailUid = 65_534;

/** Why there can be no Dovecot here, or undefined when there can. */
export function dovecotMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'a private Dovecot needs root';
  try {
    execFileSync('dovecot', ['--version'], { stdio: 'ignore' });
    execFileSync('test', ['-x', '/usr/lib/dovecot/imap', '-a', '-x', '/usr/lib/dovecot/lmtp']);
    return undefined;
  } catch {
    return 'dovecot-imapd and dovecot-lmtpd are not installed';
  }
}

export async function startDovecot({ dir, mailDir }: DovecotOptions): Promise<Dovecot> {
  await mkdir(dir, { recursive: true });
  await chmod(dir, 0o755);
  const port = await freePort();
  const config = join(dir, 'dovecot.conf');
  await writeFile(config, configuration({ dir, mailDir, port }));
  const server = spawn('dovecot', ['-F', '-c', config], { stdio: 'ignore' });
  const imap = `127.0.0.1:${port}`;
  // Its greeting is none of SMTP's; that it lets us in is enough.
  const connects = async () => Dialogue.open(imap, { greeting: false });
  await until(async () => (await connects())[Symbol.asyncDispose]().then(() => true), {
    what: 'the private Dovecot greets',
    deadlineMs: 30_000,
  });
  return {
    imap,
    lmtp: join(dir, 'lmtp'),
    pid: server.pid ?? 0,
    log: async () => readFile(join(dir, 'dovecot.log'), 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null) return;
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    },
  };
}

interface Places {
  readonly dir: string;
  readonly mailDir: string;
  readonly port: number;
}

function configuration({ dir, mailDir, port }: Places): string {
  return `
protocols = imap lmtp
listen = 127.0.0.1
base_dir = ${dir}/run
state_dir = ${dir}/state
instance_name = kit-${port}
log_path = ${dir}/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${mailDir}/%d/%n/Maildir
mail_fsync = always
mail_max_userip_connections = 2000
first_valid_uid = 1
auth_mechanisms = plain
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${dovecotMailUid} gid=${dovecotMailUid} home=${dir}/home/%d/%n
}
service imap-login {
  service_count = 0
  client_limit = 2000
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  process_limit = 1200
}
service lmtp {
  unix_listener ${dir}/lmtp {
    mode = 0666
  }
}
`;
}
