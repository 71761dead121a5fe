// Keys of messages whose segments are gone, so that they are still recognised. Append-only files of checked blocks:
//
//   0 magic "RLED"   4 count   8 CRC-32 of the rows   12 minute written   then count rows of 16 bytes: key, key, key, and its minute and
//   confirmation as in key-table.ts
//
// A block is synced before the segment it came from is unlinked. A file is dropped when its last block is older than the
// time anything is remembered. A damaged block ends the file: the cost is a message stored twice, so it is not worth more.
import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncDirectory } from '@restante/runtime';
import { closeFile, openFile, openFlags, syncData, writeAll } from './file-access.ts';
import { keyFlags, minuteIn, minuteOf } from './key-table.ts';
import type { RememberedKeys } from './remembered-keys.ts';

const magic = 0x4445_4c52;
const blockHeaderBytes = 16;
const rowBytes = 16;
const fileMaxBytes = 8 * 1024 * 1024;

export class Ledger {
  readonly #dir: string;
  #number = 0;
  #fd: number | undefined;
  #sizeBytes = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Reads all files, oldest first, into the memory; drops those that are too old. */
  async load(known: RememberedKeys, nowMs: number): Promise<void> {
    const oldest = minuteOf(nowMs - known.keepMs);
    for (const number of await ledgerNumbers(this.#dir)) {
      this.#number = Math.max(this.#number, number);
      const path = join(this.#dir, ledgerName(number));
      const lastMinute = readBlocks(await readFile(path), (keys, info) => {
        const minute = minuteIn(info);
        if (known.isTooOld(keys[2] ?? 0, minute)) return;
        known.remember(keys, { isConfirmed: (info & keyFlags.confirmed) !== 0, minute });
      });
      if (lastMinute < oldest) await unlink(path);
    }
  }

  /** Appends those of the keys (three words each) that still count; durable when it resolves. */
  async append(keys: Uint32Array, known: RememberedKeys, nowMs: number): Promise<void> {
    const block = blockOf(keys, known, nowMs);
    if (block.length === blockHeaderBytes) return;
    try {
      const fd = await this.#file();
      await writeAll(fd, [block], this.#sizeBytes, block.length);
      await syncData(fd);
      this.#sizeBytes += block.length;
    } catch (cause) {
      await this.close(); // A failed sync is final for that file; the next append takes a new one.
      throw cause;
    }
  }

  async dropOld(nowMs: number, keepMs: number): Promise<void> {
    for (const number of await ledgerNumbers(this.#dir)) {
      const path = join(this.#dir, ledgerName(number));
      const isOpen = number === this.#number && this.#fd !== undefined;
      if (!isOpen && (await stat(path)).mtimeMs < nowMs - keepMs) await unlink(path);
    }
  }

  async close(): Promise<void> {
    if (this.#fd !== undefined) await closeFile(this.#fd);
    this.#fd = undefined;
  }

  async #file(): Promise<number> {
    if (this.#fd !== undefined && this.#sizeBytes < fileMaxBytes) return this.#fd;
    await this.close();
    this.#number += 1;
    this.#fd = await openFile(join(this.#dir, ledgerName(this.#number)), openFlags.createNew);
    this.#sizeBytes = 0;
    await syncDirectory(this.#dir);
    return this.#fd;
  }
}

function ledgerName(number: number): string {
  return `${String(number).padStart(8, '0')}.led`;
}

async function ledgerNumbers(dir: string): Promise<number[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{8,}\.led$/.test(name));
  return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
}

function blockOf(keys: Uint32Array, known: RememberedKeys, nowMs: number): Buffer {
  const room = Buffer.alloc(blockHeaderBytes + (keys.length / 3) * rowBytes);
  let end = blockHeaderBytes;
  for (let at = 0; at < keys.length; at += 3) {
    const info = known.worthKeeping(keys, at);
    if (info === undefined) continue;
    for (let word = 0; word < 3; word += 1)
      room.writeUInt32LE(keys[at + word] ?? 0, end + word * 4);
    room.writeUInt32LE(info, end + 12);
    end += rowBytes;
  }
  const block = room.subarray(0, end);
  block.writeUInt32LE(magic, 0);
  block.writeUInt32LE((end - blockHeaderBytes) / rowBytes, 4);
  block.writeUInt32LE(crc32(block.subarray(blockHeaderBytes)), 8);
  block.writeUInt32LE(minuteOf(nowMs), 12);
  return block;
}

/** Calls back for each row; gives the minute of the last whole block. */
function readBlocks(bytes: Buffer, row: (key: Uint32Array, info: number) => void): number {
  let last = 0;
  const key = new Uint32Array(3);
  for (let at = 0; at + blockHeaderBytes <= bytes.length;) {
    const count = bytes.readUInt32LE(at + 4);
    const end = at + blockHeaderBytes + count * rowBytes;
    if (bytes.readUInt32LE(at) !== magic || end > bytes.length) break;
    if (crc32(bytes.subarray(at + blockHeaderBytes, end)) !== bytes.readUInt32LE(at + 8)) break;
    last = bytes.readUInt32LE(at + 12);
    for (let to = at + blockHeaderBytes; to < end; to += rowBytes) {
      for (let word = 0; word < 3; word += 1) key[word] = bytes.readUInt32LE(to + word * 4);
      row(key, bytes.readUInt32LE(to + 12));
    }
    at = end;
  }
  return last;
}
