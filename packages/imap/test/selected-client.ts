// A client with a folder selected, without a socket: commands in as text, everything that was said out.
import { PassThrough } from 'node:stream';
import type { Folder } from '@restante/mailbox-store';
import { systemClock, type Clock } from '@restante/runtime';
import { runCommand } from '../src/session/run-command.ts';
import { SelectedFolder } from '../src/session/selected-folder.ts';
import { Session, type Enabled } from '../src/session/session.ts';
import { Responder } from '../src/wire/responder.ts';

export interface SelectedClient {
  readonly session: Session;
  /** Literals stand as {n} at the end of a line, their bytes are given in order. Untagged lines and the tagged one, one character a byte. */
  say(command: string, ...literals: readonly (Buffer | string)[]): Promise<string>;
}

export interface ClientOptions {
  readonly isReadOnly?: boolean;
  readonly enabled?: readonly Enabled[];
  readonly clock?: Clock;
}

export function selectedClient(
  folder: Folder,
  { isReadOnly = false, enabled = [], clock = systemClock }: ClientOptions = {},
): SelectedClient {
  const stream = new PassThrough();
  const said: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => said.push(chunk));
  const out = new Responder(stream);
  const failures: unknown[] = [];
  const server = {
    clock,
    onFailure: ({ cause }: { readonly cause: unknown }) => failures.push(cause),
  };
  // Only what these commands ask for.
  const session = new Session(server as never, {} as never, out);
  session.mailbox = {} as never;
  session.view = new SelectedFolder(folder, { isReadOnly });
  for (const name of enabled) session.enabled.add(name);
  let count = 0;
  return {
    session,
    async say(command, ...literals) {
      count += 1;
      session.tag = `a${count}`;
      await runCommand(session, {
        text: `a${count} ${command}`,
        literals: literals.map((given) => {
          const body = Buffer.isBuffer(given) ? given : Buffer.from(given);
          return { sizeBytes: body.length, isBinary: false, body };
        }),
      });
      out.flush();
      if (failures.length > 0) throw failures[0];
      await new Promise((resolve) => setImmediate(resolve));
      const text = Buffer.concat(said.splice(0)).toString('latin1');
      return text;
    },
  };
}
