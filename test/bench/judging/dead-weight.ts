// What it costs a stranger when something we ask is dead: a list whose name server drops our questions, a spamd that takes a message and says
// nothing. Never more than its budget, and next to nothing once the list is switched off or the scanner is left alone.
//
// Every stranger comes from an address of his own, so that nothing is remembered; timed from connecting to the last 250.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Dialogue } from '../../kit/dialogue.ts';
import { addressList, startLaboratory, type Laboratory } from '../../kit/laboratory.ts';
import { until } from '../../kit/until.ts';
import { percentile } from '../load.ts';
import { helo, listPoints, listZones, makeWorld } from './world.ts';

export interface DeadWeight {
  readonly budgetMs: number;
  /** p99 with it, less p99 without it, less the budget: the worse of one stranger at a time and of ten. */
  readonly beyondBudgetMs: number;
  /** p99 added once the list is switched off, or the scanner left alone. */
  readonly onceOffMs: number;
  /** p99. */
  readonly withoutMs: number;
  readonly withMs: number;
}

export interface DeadWeightResult {
  readonly list: DeadWeight;
  readonly scanner: DeadWeight;
}

interface Waits {
  readonly alone: number;
  readonly together: number;
}

const site = 'shanghai';
const dead = 'dead.lists.example';
/** The laboratory's, of lists. */
const budgetMs = 500;
const together = 10;

export async function benchDeadWeight({
  messages,
}: {
  readonly messages: number;
}): Promise<DeadWeightResult> {
  await using laboratory = await startLaboratory({
    zone: {
      ...makeWorld().zone,
      'newcomer.example': { TXT: [['v=spf1 ip4:127.1.0.0/16 -all']] },
      ...addressList(dead, {}),
    },
    lists: `address_lists = [${[...listZones, dead].map((zone) => `"${zone} ${listPoints}"`).join(', ')}]`,
  });
  const strangers = new Strangers(laboratory);
  await strangers.bringAll(together * 5, together); // Warms up.
  const list = await deadList(laboratory, { strangers, messages });
  return { list, scanner: await deadScanner(laboratory, { strangers, messages }) };
}

interface Measuring {
  readonly strangers: Strangers;
  readonly messages: number;
}

async function deadList(
  { cluster, dnsLine }: Laboratory,
  { strangers, messages }: Measuring,
): Promise<DeadWeight> {
  const without = await measure(strangers, messages);
  // Its test entries answer, so that it stays in use.
  const isTestEntry = (name: string) => /(^|\.)[12](\.0)*\.0\.127\.|^[12]\.0\.0\.0\./.test(name);
  dnsLine.fateOf = (name) => (name.endsWith(dead) && !isTestEntry(name) ? 'lost' : 'answered');
  const withIt = await measure(strangers, messages);
  dnsLine.fateOf = (name) => (name.endsWith(dead) ? 'lost' : 'answered');
  await until(
    async () => {
      await strangers.bringAll(together, together);
      return (await cluster.metric(site, `restante_list_well{zone="${dead}"}`)) === 0;
    },
    { what: 'the dead list is switched off', deadlineMs: 120_000 },
  );
  const off = await measure(strangers, messages);
  dnsLine.fateOf = () => 'answered';
  return weigh({ without, withIt, off });
}

async function deadScanner(
  { cluster }: Laboratory,
  { strangers, messages }: Measuring,
): Promise<DeadWeight> {
  const without = await measure(strangers, messages);
  await using scanner = await startSilentScanner();
  const settings = `[scanners]\nspamd = "${scanner.address}"\nspamd_budget = "${budgetMs}ms"\n`;
  // So many failures that it is asked until the end, nearly; it never rests for long.
  const patient = `${settings}failures_max = 100\nleft_alone = "100ms"\n`;
  await cluster.reconfigure((text) => `${text}\n${patient}`);
  await strangers.bringAll(together, together);
  const withIt = await measure(strangers, messages);
  const impatient = `${settings}failures_max = 3\nleft_alone = "1h"\n`;
  await cluster.reconfigure((text) => text.replace(patient, impatient));
  await strangers.bringAll(together * 2, together);
  const off = await measure(strangers, messages);
  return weigh({ without, withIt, off });
}

function weigh({
  without,
  withIt,
  off,
}: Readonly<Record<'without' | 'withIt' | 'off', Waits>>): DeadWeight {
  const added = (waits: Waits) =>
    Math.max(waits.alone - without.alone, waits.together - without.together);
  return {
    budgetMs,
    beyondBudgetMs: added(withIt) - budgetMs,
    onceOffMs: Math.max(0, added(off)),
    withoutMs: Math.max(without.alone, without.together),
    withMs: Math.max(withIt.alone, withIt.together),
  };
}

async function measure(strangers: Strangers, messages: number): Promise<Waits> {
  const alone = percentile(await strangers.bringAll(messages, 1), 0.99);
  return { alone, together: percentile(await strangers.bringAll(messages, together), 0.99) };
}

class Strangers {
  readonly #endpoint: string;
  readonly #to: string;
  #count = 0;

  constructor({ cluster }: Laboratory) {
    this.#endpoint = cluster.site(site).smtp;
    this.#to = cluster.accountAt(site);
  }

  /** How long each had to wait; so many at a time. */
  async bringAll(messages: number, atATime: number): Promise<readonly number[]> {
    const waits: number[] = [];
    let left = messages;
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        while (left > 0) {
          left -= 1;
          waits.push(await this.#bring());
        }
      }),
    );
    return waits;
  }

  async #bring(): Promise<number> {
    const number = (this.#count += 1);
    const localAddress = `127.1.${number >> 8}.${number & 255}`;
    const from = 'load@newcomer.example';
    const data = `From: <${from}>\r\nTo: <${this.#to}>\r\nMessage-ID: <${number}@stranger.example>\r\nSubject: ${number}\r\n\r\nHello.`;
    const startedMs = performance.now();
    await using dialogue = await Dialogue.open(this.#endpoint, { localAddress });
    await dialogue.say(`EHLO ${helo}`);
    const last = (await dialogue.send({ from, to: [this.#to], data })).at(-1);
    if (last?.code !== 250) throw new Error(`${localAddress} heard ${last?.text}`);
    return performance.now() - startedMs;
  }
}

/** Takes everything and says nothing. */
async function startSilentScanner(): Promise<AsyncDisposable & { readonly address: string }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined).resume());
    socket.on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return {
    address: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
