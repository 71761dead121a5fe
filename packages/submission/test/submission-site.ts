// A site for people who send: a real edge with TLS, a real spool, keys that sign; two accounts, and a list of who is there.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessageIdMaker, type RestanteEvent, type Route } from '@restante/mail-model';
import { createDkimSigner, openDkimKeys, recordOf, type DkimKeys } from '@restante/dkim';
import { createRouter } from '@restante/relay';
import { systemClock } from '@restante/runtime';
import { deriveScramKeys, type Credentials, type LoginVerdict } from '@restante/sasl';
import { createEdge, type Edge, type EdgeHost, type EdgeLimits } from '@restante/smtp';
import { openSpool, type Spool, type SpooledMessage } from '@restante/spool';
import { testSpoolOptions } from '@restante/spool/testing';
import {
  createMemorySendTally,
  createSubmissionHost,
  withPeople,
  type SubmissionOptions,
} from '../src/index.ts';

export const password = 'ein Pferd isst';

const limits: EdgeLimits = {
  messageMaxBytes: 20_000_000,
  headerMaxBytes: 65_536,
  lineMaxBytes: 65_536,
  recipientsMax: 100,
  connectionsMax: 100,
  connectionsPerAddressMax: 50,
  idleTimeoutMs: 60_000,
  sessionMaxMs: 600_000,
  dataMaxMs: 60_000,
  badCommandsMax: 10,
};

export interface SubmissionSite extends AsyncDisposable {
  /** STARTTLS, TLS from the start, and the strangers' door with people behind it. */
  readonly ports: {
    readonly submission: number;
    readonly submissions: number;
    readonly smtp: number;
  };
  readonly spool: Spool;
  readonly keys: DkimKeys;
  readonly events: RestanteEvent[];
  /** Of the signer. */
  readonly problems: readonly string[];
  readonly scheduled: Map<string, readonly Route[]>;
  /** All messages of the spool, oldest first. */
  messages(): Promise<readonly { readonly message: SpooledMessage; readonly text: string }[]>;
  records(domain: string): Promise<Readonly<Record<string, string>>>;
}

export interface SubmissionSiteOptions {
  readonly recipientsPerHour?: number;
  readonly showsClient?: boolean;
  readonly strangers?: EdgeHost;
  /** Instead of, or beside, what every site has. */
  readonly more?: (parts: { readonly spool: Spool }) => Partial<SubmissionOptions>;
}

export async function startSubmissionSite(
  options: SubmissionSiteOptions = {},
): Promise<SubmissionSite> {
  const dir = await mkdtemp(join(tmpdir(), 'submission-'));
  const events: RestanteEvent[] = [];
  const problems: string[] = [];
  const onEvent = (event: RestanteEvent) => void events.push(event);
  const clock = systemClock;
  const router = createRouter('here', [
    { name: 'here.test', home: 'here', backups: ['us'] },
    { name: 'us.test', home: 'us', backups: ['here'] },
    { name: 'alone.test', home: 'us', backups: [] },
  ]);
  const spool = await openSpool({
    ...testSpoolOptions(join(dir, 'spool')),
    routesOf: (_facts, pending) => [...new Set(pending.map((each) => router.routeOf(each)))],
    onEvent,
    clock,
  });
  const keys = openDkimKeys({
    dir: join(dir, 'dkim'),
    clock,
    config: { publishBeforeMs: 0, keepAfterMs: 86_400_000 },
  });
  await keys.make('here.test');
  const scheduled = new Map<string, readonly Route[]>();
  const host = createSubmissionHost({
    site: 'here',
    hostname: 'mx.here.test',
    spool,
    schedule: (id, routes) => scheduled.set(id, routes),
    router,
    listFor: () => undefined,
    ids: createMessageIdMaker(),
    receivedMax: 50,
    config: {
      recipientsPerHour: options.recipientsPerHour ?? 100,
      recipientsPerDay: 1_000,
      showsClient: options.showsClient ?? false,
    },
    logins: { credentialsFor: () => everybody },
    mayUse: (account, address) =>
      address === account || (account === 'ana@here.test' && address === 'info@here.test'),
    signer: createDkimSigner({ keys, onProblem: (problem) => problems.push(problem) }),
    tally: createMemorySendTally('here', clock),
    heldDir: join(dir, 'submission'),
    heldInMemoryMaxBytes: 262_144,
    onEvent,
    clock,
    ...options.more?.({ spool }),
  });
  const tls = await makeCertificate(dir);
  const edges: Edge[] = [];
  const open = async (name: string, edgeHost: EdgeHost, more: object) => {
    const listen = { host: '127.0.0.1', port: 0 };
    const common = { name, hostname: 'mx.here.test', listen, limits, tls, onEvent, clock };
    const edge = await createEdge({ ...common, host: edgeHost, ...more });
    edges.push(edge);
    return edge.port;
  };
  const strangers = options.strangers ?? host;
  return {
    ports: {
      submission: await open('submission', host, { requiresAuth: true }),
      submissions: await open('submissions', host, { requiresAuth: true, isTlsFromStart: true }),
      smtp: await open('smtp', withPeople({ strangers, people: host }), {}),
    },
    spool,
    keys,
    events,
    problems,
    scheduled,
    async messages() {
      const found = [];
      for (const { id } of spool.list()) {
        const read = await spool.readWithBody(id);
        if (read === undefined) continue;
        const chunks =
          read.body.kind === 'bytes' ? [read.body.bytes] : await collect(read.body.open());
        found.push({ message: read.message, text: Buffer.concat(chunks).toString('latin1') });
      }
      return found;
    },
    records: async (domain) =>
      Object.fromEntries(
        (await keys.keysOf(domain)).map(recordOf).map(({ name, value }) => [name, value]),
      ),
    async [Symbol.asyncDispose]() {
      for (const edge of edges) await edge.stop(0);
      await spool[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const salt = Buffer.from('0123456789abcdef');

/** Everybody has the same password; who there is, the caller says by logging in. */
const everybody: Credentials = {
  verifyPassword: async (login, given) => verdict(login, given === password),
  scramKeys: async () => {
    const keys = await deriveScramKeys(password, salt, 4096);
    if (keys === undefined) throw new Error('the password is fit');
    return keys;
  },
  finishScram: async (login, isProven) => verdict(login, isProven),
};

function verdict(login: string, isRight: boolean): LoginVerdict {
  return isRight ? { kind: 'in', account: login } : { kind: 'refused' };
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const piece of pieces) chunks.push(piece);
  return chunks;
}

async function makeCertificate(
  dir: string,
): Promise<{ readonly key: string; readonly cert: string }> {
  const [key, cert] = [join(dir, 'tls.key'), join(dir, 'tls.crt')];
  const what = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mx.here.test';
  execFileSync('openssl', ['req', '-x509', ...what.split(' '), '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  });
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
