// What one message says about itself, read from its bytes: here when that takes no time, in the worker when it is large.
import { previewOf, readMessage } from '@restante/mime';
import type { About } from './about-text.ts';
import { formatAbout } from './format-about.ts';
import { parseAbout } from './parse-about.ts';
import type { WorkerDoor } from './worker-door.ts';

/** Reading so much takes about a millisecond. */
const readHereBytesMax = 262_144;

export interface ReadAboutOptions {
  readonly door: WorkerDoor;
  /** Reads the bytes once more: what went to the worker does not come back. */
  readonly again: () => Promise<Buffer | undefined>;
}

export async function readAbout(
  bytes: Buffer,
  { door, again }: ReadAboutOptions,
): Promise<{ readonly text: string; readonly about: About } | undefined> {
  if (bytes.length <= readHereBytesMax) return readHere(bytes);
  const [text] = await door.ask({ kind: 'read', bytes }).catch((): readonly string[] => []);
  const about = text === undefined ? undefined : parseAbout(text);
  if (text !== undefined && about !== undefined) return { text, about };
  // Without a worker it is read here; slower for the others is better than not at all.
  const fresh = await again();
  return fresh && readHere(fresh);
}

function readHere(bytes: Buffer): { readonly text: string; readonly about: About } {
  const about = readMessage(bytes);
  const described = { about, preview: previewOf(bytes, about.structure) };
  return { text: formatAbout(described), about: described };
}
