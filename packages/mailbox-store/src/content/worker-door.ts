// Starts the content worker when it is first needed, lets it go when it has been idle, and turns its messages into promises.
//
// When the worker dies, what was asked of it rejects, and the next question starts another.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NumberedRequest, WorkerReply, WorkerRequest } from './worker-requests.ts';

export interface WorkerDoorOptions {
  readonly onThrownAway: (path: string, problem: string) => void;
  readonly idleMs?: number;
}

interface Question {
  readonly texts: string[];
  resolve(texts: readonly string[]): void;
  reject(cause: Error): void;
}

/** The worker's own memory is worth keeping while people search, not over night. */
const idleDefaultMs = 20_000;

export class WorkerDoor implements AsyncDisposable {
  readonly #options: WorkerDoorOptions;
  readonly #questions = new Map<number, Question>();
  #worker: Worker | undefined;
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: WorkerDoorOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  async ask(request: WorkerRequest): Promise<readonly string[]> {
    if (this.#isClosed) throw new Error('The content index is closed.');
    const worker = (this.#worker ??= this.#start());
    clearTimeout(this.#idle);
    this.#lastId += 1;
    const numbered: NumberedRequest = { id: this.#lastId, request };
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    this.#questions.set(numbered.id, { texts: [], resolve, reject });
    // Holds the process while somebody waits for an answer.
    worker.ref();
    worker.postMessage(numbered, ownedBuffers(request));
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#stop();
  }

  #start(): Worker {
    // The same file whether it runs from source or was compiled.
    const name = `./content-worker${extname(import.meta.url)}`;
    const worker = new Worker(new URL(name, import.meta.url), { name: 'content-index' });
    worker.unref();
    worker.on('message', (reply: WorkerReply) => this.#hear(reply));
    worker.on('error', (cause: unknown) => this.#lose(worker, cause));
    worker.on('exit', () => this.#lose(worker, undefined));
    return worker;
  }

  #hear(reply: WorkerReply): void {
    if (reply.kind === 'thrown-away') {
      this.#options.onThrownAway(reply.path, reply.problem);
      return;
    }
    const question = this.#questions.get(reply.id);
    if (question === undefined) return;
    if (reply.kind === 'failed') {
      this.#questions.delete(reply.id);
      question.reject(new Error(reply.problem));
    } else {
      for (const text of reply.texts) question.texts.push(text);
      if (!reply.isLast) return;
      this.#questions.delete(reply.id);
      question.resolve(question.texts);
    }
    if (this.#questions.size === 0) this.#rest();
  }

  #rest(): void {
    this.#worker?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#stop(), this.#options.idleMs ?? idleDefaultMs);
    this.#idle.unref();
  }

  #lose(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const questions = [...this.#questions.values()];
    this.#questions.clear();
    for (const { reject } of questions) reject(new Error('The content worker ended.', { cause }));
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#lose(worker, undefined);
    // A transaction that is cut off by this was none: SQLite takes it back.
    await worker.terminate();
  }
}

/** Bytes that are nobody else's move to the worker instead of being copied. */
function ownedBuffers(request: WorkerRequest): ArrayBuffer[] {
  let all: readonly Uint8Array[] = [];
  if (request.kind === 'index') all = request.messages.map(({ bytes }) => bytes);
  else if (request.kind === 'read') all = [request.bytes];
  return all.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && byteLength > 65_536 && buffer.byteLength === byteLength
      ? [buffer]
      : [],
  );
}
