// What judging one message costs us, without scanners: the site's own checks through the real resolver, whose cache is warm. Every
// message is a stranger's first: nothing is shared but what the resolver and the parsers remember.
//
// CPU of this process only, all threads and the garbage collector included; the name server answers in it, but is not asked while we measure.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createBlockLists, parseListLine } from '@restante/block-lists';
import type { Fields, SectionValues } from '@restante/config';
import { createArcVerifier, createDkimVerifier } from '@restante/dkim';
import { createResolver, startZoneServer, type Resolver } from '@restante/dns';
import {
  buildChecks,
  createStrangerJudge,
  type Rules,
  judgingSection,
  openOperatorLists,
  type OperatorLists,
  type StrangerJudge,
} from '@restante/policy';
import { systemClock as clock } from '@restante/runtime';
import { createScanners, scannersSection } from '@restante/scanners';
import { createDmarc, createReverseNames, createSpf } from '@restante/sender-auth';
import { temporaryDirectory } from '../../kit/temporary-directory.ts';
import { helo, listPoints, listZones, makeWorld, stranger, strangersAddress } from './world.ts';
import type { Letter } from './world.ts';

export interface PolicyCost {
  /** Of a message, once per round. */
  readonly cpuMs: readonly number[];
}

export interface PolicyCostOptions {
  readonly rounds: number;
  readonly messages: number;
  readonly signatures: number;
}

const hostname = 'mx.us.example';
const recipient = 'bo@us.example';
const warmUp = 500;

export async function benchPolicyCost({
  rounds,
  messages,
  signatures,
}: PolicyCostOptions): Promise<PolicyCost> {
  const world = makeWorld();
  await using dir = await temporaryDirectory();
  await using server = await startZoneServer({ zone: world.zone, ttlSeconds: 3600 });
  await using resolver = createResolver({ servers: [server.address], clock });
  await using lists = createLists(resolver);
  await lists.checkHealth();
  await using operatorLists = await openOperatorLists({
    dir: join(dir.path, 'policy'),
    clock,
    onDamaged: () => undefined,
  });
  const judge = createJudge({ resolver, lists, operatorLists });
  const letter = await world.letter({ number: 1, to: recipient, sizeBytes: 8192, signatures });
  await expectAllPassed(judge, letter, signatures > 0 ? 'pass' : 'none');
  for (let count = 0; count < warmUp; count += 1) await judgeOnce(judge, letter);
  const cpuMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const asked = server.questions;
    const before = process.cpuUsage();
    for (let count = 0; count < messages; count += 1) await judgeOnce(judge, letter);
    const { user, system } = process.cpuUsage(before);
    if (server.questions !== asked) throw new Error('The cache was not warm.');
    cpuMs.push((user + system) / 1000 / messages);
  }
  return { cpuMs };
}

function createLists(resolver: Resolver): ReturnType<typeof createBlockLists> {
  return createBlockLists({
    lists: listZones.flatMap((zone) => {
      const line = parseListLine(`${zone} ${listPoints}`, 'address');
      return line.ok ? [line.value] : [];
    }),
    budgetMs: 2000,
    healthEveryMs: 600_000,
    privateAddresses: true,
    resolver,
    clock,
    onEvent: () => undefined,
  });
}

interface JudgeParts {
  readonly resolver: Resolver;
  readonly lists: ReturnType<typeof createBlockLists>;
  readonly operatorLists: OperatorLists;
}

/** As a site puts it together, with the settings an operator gets who sets nothing. */
function createJudge({ resolver, lists, operatorLists }: JudgeParts): StrangerJudge {
  const settings = defaultsOf(judgingSection);
  const scanning = defaultsOf(scannersSection);
  const scanners = createScanners({ settings: scanning, clock, onEvent: () => undefined });
  const budgetMs = settings.senderBudgetMs;
  const verifying = {
    resolver,
    clock,
    budgetMs: settings.contentBudgetMs,
    signaturesMax: settings.signaturesMax,
  };
  const rules: Rules = {
    ...buildChecks({
      settings,
      scanners: { ...scanning, isConfigured: scanners.isConfigured },
      ownNames: new Set([hostname, 'us.example']),
      isOurs: (domain) => domain === 'us.example',
    }),
    lists,
    subjectMark: settings.subjectMark,
  };
  return createStrangerJudge({
    rules: [rules],
    profileOf: () => ({ ...settings, rules, name: 'normal', isFiltered: true }),
    hostname,
    ownNames: [hostname],
    tools: {
      spf: createSpf({ resolver, hostname, clock, budgetMs }),
      reverseNames: createReverseNames({ resolver, budgetMs }),
    },
    dkim: createDkimVerifier(verifying),
    arc: createArcVerifier(verifying),
    dmarc: createDmarc({ resolver, budgetMs }),
    scanners,
    sealsFor: () => undefined,
    operatorLists,
    isHomeAway: () => false,
    nextId: () => 'decision',
    onEvent: () => undefined,
    clock,
  });
}

type Answer = Awaited<ReturnType<ReturnType<StrangerJudge['beginContent']>['judge']>>;

async function judgeOnce(judge: StrangerJudge, { header, body }: Letter): Promise<Answer> {
  const session = { remoteAddress: strangersAddress(0), helo, notes: new Map<string, unknown>() };
  judge.beginSender(session, stranger);
  const refused = await judge.judgeRecipient(session, recipient);
  if (refused !== undefined) throw new Error(`RCPT was refused: ${refused.text}`);
  return judge.beginContent(session, [recipient]).judge({
    id: 'message',
    header: Buffer.from(header, 'latin1'),
    body: () => [body],
    bodyBytes: body.length,
    trace: () => `Received: from ${helo} by ${hostname}\r\n`,
  });
}

/** What is measured shall be the work, not a short way around it. */
async function expectAllPassed(judge: StrangerJudge, letter: Letter, dkim: string): Promise<void> {
  const answer = await judgeOnce(judge, letter);
  assert.ok(answer.kind === 'taken');
  assert.deepEqual(answer.verdict.identity, { spf: 'pass', dkim, dmarc: 'pass' });
}

/** Of a section in which nothing is set. */
function defaultsOf<S extends { readonly fields: Fields }>(section: S): SectionValues<S> {
  return Object.fromEntries(
    Object.entries(section.fields).flatMap(([name, { fallback }]) =>
      fallback === undefined ? [] : [[name, fallback({ baseDir: '/' })]],
    ),
  ) as SectionValues<S>;
}
