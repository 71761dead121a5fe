// How many messages a second the spool makes durable: 4 KiB each, 20 and 100 at the same time. Prints one line a case; the median of the rounds.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptVerdict, createMessageIdMaker } from '@restante/mail-model';
import { systemClock } from '@restante/runtime';
import { openSpool } from '@restante/spool';
import type { MessageFacts, Spool } from '@restante/spool';

const rounds = 5;
const messagesPerRound = 4000;
const body = Buffer.alloc(4096, 'x');
const ids = createMessageIdMaker();

/** Beside the repository, not in /tmp: that may be memory. */
const dir = await mkdtemp(join(process.cwd(), '.bench-spool-'));
try {
  for (const committers of [20, 100]) {
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) rates.push(await measure(committers));
    rates.sort((a, b) => a - b);
    console.log(
      `spool commit, ${committers} at a time: ${Math.round(rates[rounds >> 1] ?? 0)} messages/s`,
    );
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function measure(committers: number): Promise<number> {
  await using spool = await openSpool({
    dir: await mkdtemp(join(dir, 'round-')),
    site: 'bench',
    smallMessageMaxBytes: 256 * 1024,
    segmentMaxBytes: 64 * 1024 * 1024,
    freeFloorBytes: 0,
    freeFloorInodes: 0,
    rememberMs: 3_600_000,
    routesOf: () => ['internet'],
    onEvent: () => undefined,
    clock: systemClock,
  });
  let begun = 0;
  const startedAtMs = performance.now();
  await Promise.all(
    Array.from({ length: committers }, async () => {
      while (begun < messagesPerRound) {
        begun += 1;
        await commitOne(spool, begun);
      }
    }),
  );
  return (messagesPerRound / (performance.now() - startedAtMs)) * 1000;
}

async function commitOne(spool: Spool, nth: number): Promise<void> {
  const writer = spool.begin({ sizeBytes: body.length });
  await writer.write(body);
  const commit = await writer.commit(factsOf(nth));
  if (commit.kind === 'stored') spool.confirmReply(commit.message.id);
}

function factsOf(nth: number): MessageFacts {
  return {
    messageId: ids.next(Date.now()),
    envelope: {
      sender: 'a@sender.test',
      recipients: [{ address: 'ana@example.test' }],
      body: '8bitmime',
      smtpUtf8: false,
    },
    origin: {
      site: 'bench',
      clientAddress: '192.0.2.1',
      helo: 'client.test',
      protocol: 'ESMTP',
      receivedAtMs: Date.now(),
    },
    verdict: acceptVerdict,
    fingerprint: `${ids.next(Date.now())}${nth}`,
    path: [],
  };
}
