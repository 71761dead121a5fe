// The thread that writes content.sqlite files and searches them, so that neither holds up a client.
import { readMessage, previewOf } from '@restante/mime';
import { parentPort } from 'node:worker_threads';
import { formatAbout } from './format-about.ts';
import { wordsOf } from './message-words.ts';
import { OpenTables } from './open-tables.ts';
import type { NumberedRequest, WorkerReply, WorkerRequest } from './worker-requests.ts';
import type { ContentRow } from './word-tables.ts';

/** What the other side takes in at once without being held up. */
const textsAtOnceMax = 2000;

const files = new OpenTables((path, cause) => {
  tell({ kind: 'thrown-away', path, problem: String(cause) });
});

parentPort?.on('message', ({ id, request }: NumberedRequest) => {
  try {
    answer(id, run(request));
  } catch (cause) {
    // The border of this thread: whoever asked decides what to do without an answer.
    tell({ kind: 'failed', id, problem: String(cause) });
  }
});

function run(request: WorkerRequest): readonly string[] {
  switch (request.kind) {
    case 'index': {
      const rows = request.messages.map(rowOf);
      files.use(request.path, (tables) => tables.put(rows));
      return [];
    }
    case 'store':
      files.use(request.path, (tables) => tables.put(request.rows));
      return [];
    case 'read': {
      const bytes = asBuffer(request.bytes);
      const about = readMessage(bytes);
      return [formatAbout({ about, preview: previewOf(bytes, about.structure) })];
    }
    case 'search': {
      const { path, place, needle } = request;
      return files.use(path, (tables) => tables.search(place, needle));
    }
    case 'forget':
      files.use(request.path, (tables) => tables.forget(request.keys));
      return [];
    case 'close':
      files.close(request.path);
      return [];
  }
}

function rowOf({ key, bytes }: { readonly key: string; readonly bytes: Uint8Array }): ContentRow {
  const message = asBuffer(bytes);
  const about = readMessage(message);
  const preview = previewOf(message, about.structure);
  return { key, about: formatAbout({ about, preview }), words: wordsOf(message, about) };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function answer(id: number, texts: readonly string[]): void {
  let sent = 0;
  do {
    const piece = texts.slice(sent, sent + textsAtOnceMax);
    sent += piece.length;
    tell({ kind: 'answer', id, texts: piece, isLast: sent >= texts.length });
  } while (sent < texts.length);
}

function tell(reply: WorkerReply): void {
  parentPort?.postMessage(reply);
}
