// A Postfix that judges strangers as ours does: postscreen with the same lists and weights, policyd-spf, OpenDKIM and OpenDMARC, all on the
// same zone.
//
// They ask the name server of /etc/resolv.conf at port 53 and nobody else: each is started with a resolv.conf of its own, in a mount namespace,
// and `dnsAddress` is where that server has to listen. The machine's file is never touched.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../kit/free-port.ts';
import { postfixMissing, startPostfix, type Postfix } from '../../kit/postfix.ts';
import { until } from '../../kit/until.ts';
import { listPoints, listZones } from './world.ts';

/** Of this machine alone, and not where systemd-resolved listens. */
export const dnsAddress = '127.0.53.1';

const programs = ['/usr/sbin/opendkim', '/usr/sbin/opendmarc', '/usr/bin/policyd-spf'];

/** Why there can be none here, or undefined. */
export function judgingPostfixMissing(): string | undefined {
  const missing = postfixMissing();
  if (missing !== undefined) return missing;
  const program = programs.find((path) => !existsSync(path));
  if (program !== undefined) return `${program} is not installed`;
  const { status } = spawnSync('unshare', ['-m', 'true']);
  return status === 0 ? undefined : 'mount namespaces are not allowed here';
}

export interface JudgingPostfixOptions {
  readonly dir: string;
  readonly nextHop: string;
  /** Whom it takes mail for. */
  readonly recipient: string;
}

export async function startJudgingPostfix({
  dir,
  nextHop,
  recipient,
}: JudgingPostfixOptions): Promise<Postfix> {
  await using stack = new AsyncDisposableStack();
  await mkdir(dir, { recursive: true });
  const resolvConf = join(dir, 'resolv.conf');
  await writeFile(resolvConf, `nameserver ${dnsAddress}\n`);
  const through = inWorldOf(resolvConf);
  const dkim = stack.use(await startOpenDkim(dir, through));
  const dmarc = stack.use(await startOpenDmarc(dir, through));
  const spfConf = join(dir, 'policyd-spf.conf');
  await writeFile(spfConf, spfSettings);
  const domain = recipient.slice(recipient.indexOf('@') + 1);
  const postfix = stack.use(
    await startPostfix({
      dir: join(dir, 'postfix'),
      nextHops: [nextHop],
      through,
      isScreened: true,
      // As Debian's documentation has it; one for each smtpd, which keeps it.
      services: [
        `policyd-spf unix - n n - 0 spawn\n  user=nobody argv=/usr/bin/policyd-spf ${spfConf}`,
      ],
      settings: {
        defer_transports: 'smtp relay',
        disable_dns_lookups: 'no',
        smtpd_peername_lookup: 'yes',
        mynetworks: '192.0.2.1/32',
        relay_domains: domain,
        relay_recipient_maps: `inline:{ ${recipient}=x }`,
        smtpd_recipient_restrictions:
          'reject_unauth_destination, reject_unlisted_recipient, check_policy_service unix:private/policyd-spf',
        'policyd-spf_time_limit': '3600',
        smtpd_milters: `inet:${dkim.endpoint}, inet:${dmarc.endpoint}`,
        // Neither of them shall be missed without a word.
        milter_default_action: 'tempfail',
        postscreen_access_list: '',
        postscreen_dnsbl_sites: listZones.map((zone) => `${zone}*${listPoints}`).join(', '),
        postscreen_dnsbl_threshold: String(2 * listPoints),
        postscreen_dnsbl_action: 'enforce',
        postscreen_greet_action: 'enforce',
      },
    }),
  );
  const started = stack.move();
  return { ...postfix, [Symbol.asyncDispose]: async () => started.disposeAsync() };
}

/** A command line to start another one in. */
function inWorldOf(resolvConf: string): readonly string[] {
  const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  return ['unshare', '-m', 'sh', '-c', script, resolvConf];
}

/** What fails SPF is DMARC's to refuse, as with us. */
const spfSettings = `debugLevel = 0
TestOnly = 1
HELO_reject = False
Mail_From_reject = False
PermError_reject = False
TempError_Defer = False
skip_addresses = 192.0.2.1/32
Header_Type = AR
Authserv_Id = mx.stranger.test
`;

interface Milter extends AsyncDisposable {
  /** host:port. */
  readonly endpoint: string;
}

/**
 * With "ResolverConfiguration" it reads that file for every signature, in all its threads at once, and falls over itself: it is told the server
 * by "Nameservers". Its libunbound answers for names below "test" by itself (RFC 6761): none of ours is there.
 */
async function startOpenDkim(dir: string, through: readonly string[]): Promise<Milter> {
  const port = await freePort();
  const conf = join(dir, 'opendkim.conf');
  const nobody = join(dir, 'nobody');
  await writeFile(nobody, '192.0.2.1\n');
  await writeFile(
    conf,
    `Mode v\nSocket inet:${port}@127.0.0.1\nUserID opendkim\nSyslog no\nBackground no\nAutoRestart no\nInternalHosts ${nobody}\nNameservers ${dnsAddress}\nAuthservID mx.stranger.test\n`,
  );
  return startMilter([...through, '/usr/sbin/opendkim', '-f', '-x', conf], port);
}

async function startOpenDmarc(dir: string, through: readonly string[]): Promise<Milter> {
  const port = await freePort();
  const conf = join(dir, 'opendmarc.conf');
  await writeFile(
    conf,
    `Socket inet:${port}@127.0.0.1\nUserID opendmarc\nSyslog false\nBackground false\nAutoRestart false\nAuthservID mx.stranger.test\nTrustedAuthservIDs mx.stranger.test\nIgnoreHosts ${join(dir, 'nobody')}\nRejectFailures true\nSPFIgnoreResults false\nSPFSelfValidate false\n`,
  );
  return startMilter([...through, '/usr/sbin/opendmarc', '-f', '-c', conf], port);
}

async function startMilter(argv: readonly string[], port: number): Promise<Milter> {
  const [command = '', ...args] = argv;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`${argv.join(' ')} ended: ${said}`);
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      return true;
    },
    { what: () => `a milter listens at ${port}: ${said}` },
  );
  return { endpoint: `127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
