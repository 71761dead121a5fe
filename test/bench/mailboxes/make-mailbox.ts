// Mailboxes to measure on: the same messages for both candidates, each with files of its own.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../kit/seeded-random.ts';

export interface MailboxContents {
  readonly messages: number;
  readonly sizeBytes: number;
}

/** A Maildir whose messages are all in cur/, a third of them seen; words differ, so that a search has something to do. */
export async function makeMaildir(
  dir: string,
  { messages, sizeBytes }: MailboxContents,
): Promise<void> {
  for (const name of ['tmp', 'new', 'cur']) await mkdir(join(dir, name), { recursive: true });
  const random = seededRandom(20_251);
  const beganAtSeconds = 1_700_000_000;
  let batch: Promise<void>[] = [];
  for (let number = 1; number <= messages; number += 1) {
    const text = message({ number, sizeBytes, random });
    const name = `${beganAtSeconds + number}.M${number}P1.bench,S=${text.length},W=${text.length}:2,${number % 3 === 0 ? 'S' : ''}`;
    batch.push(writeFile(join(dir, 'cur', name), text, 'latin1'));
    if (batch.length < 500) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
}

/** For the other candidate, who reads as somebody else. */
export async function copyFor(from: string, to: string, uid: number): Promise<void> {
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  execFileSync('chown', ['-R', `${uid}:${uid}`, to]);
}

interface MessageOptions {
  readonly number: number;
  readonly sizeBytes: number;
  readonly random: () => number;
}

function message({ number, sizeBytes, random }: MessageOptions): string {
  const words: string[] = [];
  const header = [
    `Return-Path: <sender${number % 97}@stranger.test>`,
    `Received: from mx.stranger.test (mx.stranger.test [192.0.2.${number % 250}])`,
    `\tby mx.home.test with ESMTP id bench${number}; Tue, 14 Nov 2023 22:13:20 +0000`,
    `From: "Sender ${number % 97}" <sender${number % 97}@stranger.test>`,
    `To: Ana <ana@home.test>, "The Team" <team@home.test>`,
    `Subject: Report ${number} about ${word(random)} and ${word(random)}`,
    `Date: Tue, 14 Nov 2023 22:13:20 +0000`,
    `Message-ID: <bench-${number}@stranger.test>`,
    number % 5 === 0 ? `In-Reply-To: <bench-${number - 1}@stranger.test>` : 'X-Nothing: here',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ].join('\r\n');
  let length = header.length + 4;
  let line = '';
  while (length < sizeBytes) {
    line += `${word(random)} `;
    if (line.length < 70) continue;
    words.push(line.trimEnd());
    length += line.length + 1;
    line = '';
  }
  return `${header}\r\n\r\n${words.join('\r\n')}\r\n`;
}

/** One of some 20,000. */
function word(random: () => number): string {
  let number = Math.floor(random() ** 2 * 20_000) + 1;
  let text = '';
  while (number > 0) {
    text += syllables[number % syllables.length] ?? '';
    number = Math.floor(number / syllables.length);
  }
  return text;
}

const syllables = 'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za'.split(' ');
