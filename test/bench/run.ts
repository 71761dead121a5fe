// pnpm bench: every number of the product's promises, peers in the same run, written to results.json and results.md.
//
//   pnpm bench                 all of it (about fifteen minutes on two cores)
//   pnpm bench accept drain    only these
//   RESTANTE_BENCH_DIR         the disk to measure; default: below this repository
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { benchAccept } from './accept.ts';
import { benchBacklog } from './backlog.ts';
import { benchDrain } from './drain.ts';
import { benchJudgedAccept } from './judging/accepting.ts';
import { benchDeadWeight, type DeadWeight } from './judging/dead-weight.ts';
import { judgingPostfixMissing } from './judging/judging-postfix.ts';
import { benchPolicyCost } from './judging/policy-cost.ts';
import { benchLatency } from './latency.ts';
import { median, offerPipelined } from './load.ts';
import { benchDelivering } from './mailboxes/delivering.ts';
import { benchIdling } from './mailboxes/idling.ts';
import { benchReading, type Compared } from './mailboxes/reading.ts';

interface Row {
  readonly measure: string;
  readonly ours: string;
  readonly peer: string;
  readonly result: string;
  readonly must: string;
  readonly aim: string;
  readonly met: 'aim' | 'must' | 'no';
}

const here = fileURLToPath(new URL('.', import.meta.url));
const under =
  process.env['RESTANTE_BENCH_DIR'] ??
  fileURLToPath(new URL('../../.restante/bench', import.meta.url));
const quick = process.env['RESTANTE_BENCH_QUICK'] !== undefined;
const rounds = quick ? 1 : 5;

const benches: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  async accept() {
    const { oursPerSecond, postfixPerSecond, ratio } = await benchAccept({
      under,
      rounds,
      messages: quick ? 5000 : 20_000,
    });
    return [
      row(
        'accept while the home is down, vs Postfix (smtp-source)',
        perSecond(oursPerSecond),
        perSecond(postfixPerSecond),
        ratio,
        { must: 5, aim: 8, unit: 'x' },
      ),
    ];
  },
  async pipelined() {
    const { oursPerSecond, postfixPerSecond, ratio } = await benchAccept(
      { under, rounds, messages: quick ? 5000 : 20_000 },
      offerPipelined,
    );
    // Not a goal: MAIL, RCPT and the body in one go, as we speak to peers.
    const rates = `${perSecond(oursPerSecond)}, Postfix ${perSecond(postfixPerSecond)}, ${ratio.toFixed(1)}x`;
    return [note('the same from our own client, which pipelines', rates)];
  },
  async drain() {
    const { oursPerSecond, postfixPerSecond, detectionSeconds, ratio } = await benchDrain({
      under,
      rounds,
      messages: quick ? 5000 : 20_000,
    });
    return [
      row(
        'drain of held messages into smtp-sink, vs Postfix flushing',
        perSecond(oursPerSecond),
        perSecond(postfixPerSecond),
        ratio,
        { must: 3, aim: 5, unit: 'x' },
      ),
      note(
        'from the home answering to the first drained message',
        `${median(detectionSeconds).toFixed(1)} s`,
      ),
    ];
  },
  async latency() {
    const { p50Ms, p99Ms, samples } = await benchLatency({ letters: quick ? 100 : 500 });
    return [
      row(
        `backup's 250 to the home's Maildir, p50 of ${samples}`,
        `${p50Ms.toFixed(1)} ms`,
        '',
        p50Ms,
        { must: 30, aim: 10, unit: ' ms', isSmallerBetter: true },
      ),
      row('the same, p99', `${p99Ms.toFixed(1)} ms`, '', p99Ms, {
        must: 150,
        aim: 50,
        unit: ' ms',
        isSmallerBetter: true,
      }),
    ];
  },
  async backlog() {
    const result = await benchBacklog({
      under,
      rounds: quick ? 1 : 5,
      messages: quick ? 20_000 : 100_000,
    });
    return [
      row(
        `resident memory of the node with ${result.held} held`,
        `${result.nodeResidentMiB.toFixed(0)} MiB`,
        '',
        result.nodeResidentMiB,
        { must: 400, aim: 200, unit: ' MiB', isSmallerBetter: true },
      ),
      row(
        'Redis memory a held message',
        `${result.redisBytesPerMessage.toFixed(0)} B`,
        '',
        result.redisBytesPerMessage,
        { must: 1024, aim: 614, unit: ' B', isSmallerBetter: true },
      ),
      row(
        'accepted rate with that backlog, vs empty',
        result.acceptRatioFullToEmpty.toFixed(2),
        '',
        result.acceptRatioFullToEmpty,
        { must: 0.9, aim: 1, unit: '' },
      ),
      row(
        'kill -9 to the next 250',
        `${result.acceptingAgainSeconds.toFixed(2)} s`,
        '',
        result.acceptingAgainSeconds,
        { must: 2, aim: 2, unit: ' s', isSmallerBetter: true },
      ),
      note('kill -9 to the whole spool read again', `${result.allThereSeconds.toFixed(2)} s`),
    ];
  },
  async delivering() {
    const { oursPerSecond, peersPerSecond, ratio } = await benchDelivering({
      under,
      rounds,
      messages: quick ? 2000 : 10_000,
    });
    return [
      row(
        'delivery into mailboxes, vs Postfix and Dovecot LMTP',
        perSecond(oursPerSecond),
        perSecond(peersPerSecond),
        ratio,
        { must: 2, aim: 4, unit: 'x' },
      ),
    ];
  },
  async reading() {
    const [large, middle] = quick ? [10_000, 2000] : [100_000, 10_000];
    const { flags, envelopes, searches, firstOpenMs } = await benchReading({
      under,
      rounds,
      large,
      middle,
    });
    return [
      slower(`SELECT and FETCH FLAGS of ${large} messages, warm, vs Dovecot`, flags, {
        must: 1.5,
        aim: 1,
      }),
      slower(`FETCH 1:* ENVELOPE of ${middle}, warm`, envelopes, { must: 2, aim: 1 }),
      slower(`SEARCH TEXT over ${middle} messages`, searches, { must: 1, aim: 0.1 }),
      note(
        `the first SELECT of ${large} messages nobody has an index of`,
        `${firstOpenMs.ours.toFixed(0)} ms, Dovecot ${firstOpenMs.dovecot.toFixed(0)} ms`,
      ),
    ];
  },
  async judging() {
    const missing = judgingPostfixMissing();
    if (missing !== undefined) throw new Error(`There is no peer to compare with: ${missing}.`);
    const cost = await benchPolicyCost({ rounds, messages: quick ? 500 : 2000, signatures: 2 });
    const plain = await benchPolicyCost({ rounds, messages: quick ? 500 : 2000, signatures: 0 });
    const accepting = { under, rounds, messages: quick ? 600 : 3000 };
    const kept = await benchJudgedAccept({ ...accepting, perConnection: accepting.messages });
    const fewer = { ...accepting, messages: accepting.messages / 3 };
    const short = await benchJudgedAccept({ ...fewer, perConnection: 1 });
    const { list, scanner } = await benchDeadWeight({ messages: quick ? 20 : 200 });
    return [
      row(
        'policy without scanners, warm DNS, CPU per message (SPF + 2 DKIM verifications + DMARC + 4 lists, 8 KiB message)',
        milliseconds(cost.cpuMs),
        '',
        median(cost.cpuMs),
        { must: 2.5, aim: 1.5, unit: ' ms', isSmallerBetter: true },
      ),
      note('the same for a message nobody signed', milliseconds(plain.cpuMs)),
      row(
        'accept rate with full policy (no scanners, one signature, home down), vs Postfix with postscreen, policyd-spf, OpenDKIM, OpenDMARC on the same zone',
        perSecond(kept.oursPerSecond),
        perSecond(kept.postfixPerSecond),
        kept.ratio,
        { must: 3, aim: 6, unit: 'x' },
      ),
      note(
        'the same, every message over a connection of its own',
        `${perSecond(short.oursPerSecond)}, Postfix ${perSecond(short.postfixPerSecond)}, ${short.ratio.toFixed(1)}x`,
      ),
      ...deadWeight('list', list, 'switched off'),
      ...deadWeight('scanner', scanner, 'left alone'),
    ];
  },
  async idling() {
    const { connections, residentMiB, emptyMiB } = await benchIdling({
      connections: quick ? 100 : 1000,
    });
    return [
      row(
        `resident memory with ${connections} idling IMAP connections (${emptyMiB.toFixed(0)} MiB without)`,
        `${residentMiB.toFixed(0)} MiB`,
        '',
        residentMiB,
        { must: 250, aim: 120, unit: ' MiB', isSmallerBetter: true },
      ),
    ];
  },
};

await mkdir(under, { recursive: true });
const chosen = process.argv.slice(2).filter((name) => !name.startsWith('-'));
const known = await readFile(`${here}results.json`, 'utf8')
  .then((text) => JSON.parse(text) as Record<string, readonly Row[]>)
  .catch(() => ({}));
const results: Record<string, readonly Row[]> = { ...known };
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name} ...\n`);
  results[name] = await bench();
  for (const { measure, ours, peer, result, met } of results[name])
    process.stderr.write(
      `  ${measure}: ${ours}${peer === '' ? '' : ` vs ${peer}`} -> ${result} (${met})\n`,
    );
}
if (!quick) {
  await writeFile(`${here}results.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(`${here}results.md`, table(Object.values(results).flat()));
}

interface Goal {
  readonly must: number;
  readonly aim: number;
  readonly unit: string;
  readonly isSmallerBetter?: boolean;
}

function row(
  measure: string,
  ours: string,
  peer: string,
  value: number,
  { must, aim, unit, isSmallerBetter = false }: Goal,
): Row {
  const reaches = (goal: number) => (isSmallerBetter ? value <= goal : value >= goal);
  const met = reaches(aim) ? 'aim' : reaches(must) ? 'must' : 'no';
  const sign = isSmallerBetter ? '<=' : '>=';
  return {
    measure,
    ours,
    peer,
    result: `${value.toFixed(2)}${unit}`,
    must: `${sign} ${must}${unit}`,
    aim: `${sign} ${aim}${unit}`,
    met,
  };
}

function note(measure: string, ours: string): Row {
  return { measure, ours, peer: '', result: ours, must: '', aim: '', met: 'aim' };
}

/** What is over the budget is the value; the rest is said beside it. */
function deadWeight(what: string, weight: DeadWeight, off: string): readonly Row[] {
  const { budgetMs, beyondBudgetMs, onceOffMs, withMs, withoutMs } = weight;
  return [
    row(
      `p99 added by a dead ${what} beyond its budget of ${budgetMs} ms, the worse of 1 and 10 strangers at a time`,
      `${withMs.toFixed(0)} ms with it, ${withoutMs.toFixed(0)} ms without`,
      '',
      beyondBudgetMs,
      { must: 50, aim: 50, unit: ' ms', isSmallerBetter: true },
    ),
    note(`p99 added once it is ${off}`, `${onceOffMs.toFixed(1)} ms`),
  ];
}

function milliseconds(all: readonly number[]): string {
  return `${median(all).toFixed(2)} ms (${Math.min(...all).toFixed(2)}-${Math.max(...all).toFixed(2)})`;
}

/** Times against a peer's: the share is what counts, and less is better. */
function slower(
  measure: string,
  { oursMs, dovecotMs, ratio }: Compared,
  goal: Pick<Goal, 'must' | 'aim'>,
): Row {
  const times = (all: readonly number[]) =>
    `${median(all).toFixed(1)} ms (${Math.min(...all).toFixed(1)}-${Math.max(...all).toFixed(1)})`;
  return row(measure, times(oursMs), times(dovecotMs), ratio, {
    ...goal,
    unit: 'x',
    isSmallerBetter: true,
  });
}

function perSecond(rates: readonly number[]): string {
  return `${median(rates).toFixed(0)}/s (${Math.min(...rates).toFixed(0)}-${Math.max(...rates).toFixed(0)})`;
}

function table(rows: readonly Row[]): string {
  const head = `# Bench results\n\nWritten by \`pnpm bench\` on ${new Date().toISOString().slice(0, 10)}; ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, Node ${process.version}.\n4 KiB messages, 20 sessions; medians (and extremes) of ${rounds} runs, peers in the same run on the same disk; everything durable.\n\n| measure | ours | peer | result | must | aim | reached |\n|---|---|---|---|---|---|---|\n`;
  return (
    head +
    rows
      .map(
        (one) =>
          `| ${one.measure} | ${one.ours} | ${one.peer} | ${one.result} | ${one.must} | ${one.aim} | ${one.must === '' ? '' : one.met} |\n`,
      )
      .join('')
  );
}
