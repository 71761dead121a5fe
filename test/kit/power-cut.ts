// Power cuts without hardware: a file system of its own in an image file, and what of it would have survived at this moment.
//
// The image holds what the mounted file system has really sent to its disk; the rest is in memory and lost with the power. So a copy of the image
// file, mounted (its journal replays), is the disk after a cut. commit=300 keeps the kernel from helping by writing things out on its own.
// Needs Linux, root and loop devices; says so by name where they are missing.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PoweredDisk extends AsyncDisposable {
  readonly mountPoint: string;
  /** The disk as it would be found after the power failed right now. Cheap enough to do after every acknowledgement. */
  cut(): Promise<MountedDisk>;
}

export interface MountedDisk extends AsyncDisposable {
  readonly mountPoint: string;
}

export interface PowerCutOptions {
  readonly sizeMiB?: number;
}

/** Why power cuts cannot be tried here; undefined when they can. Give it to a test's `skip`. */
export async function powerCutProblem(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'power cuts need Linux loop devices';
  if (process.getuid?.() !== 0) return 'power cuts need root to mount loop devices';
  try {
    await using _disk = await powerCut({ sizeMiB: 8 });
    return undefined;
  } catch (cause) {
    return `loop mounts are not possible here: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`;
  }
}

export async function powerCut({ sizeMiB = 64 }: PowerCutOptions = {}): Promise<PoweredDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'restante-cut-'));
  await chmod(dir, 0o755); // Postfix walks through it as somebody else.
  const image = join(dir, 'disk.img');
  const mountPoint = join(dir, 'disk');
  let cuts = 0;
  try {
    await run('truncate', ['-s', `${sizeMiB}M`, image]);
    await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
    const mounted = await mount(image, mountPoint, 'loop,commit=300');
    return {
      mountPoint,
      cut: async () => {
        cuts += 1;
        const copy = join(dir, `cut-${cuts}.img`);
        await run('cp', ['--sparse=always', image, copy]);
        const disk = await mount(copy, join(dir, `cut-${cuts}`), 'loop');
        return {
          mountPoint: disk.mountPoint,
          [Symbol.asyncDispose]: async () => {
            await disk[Symbol.asyncDispose]();
            await rm(copy, { force: true });
          },
        };
      },
      [Symbol.asyncDispose]: async () => {
        await mounted[Symbol.asyncDispose]();
        await rm(dir, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    await rm(dir, { recursive: true, force: true });
    throw cause;
  }
}

/** A small file system that can really run full; no cuts. */
export async function smallDisk({ sizeMiB = 16 }: PowerCutOptions = {}): Promise<MountedDisk> {
  return await powerCut({ sizeMiB });
}

async function mount(image: string, mountPoint: string, options: string): Promise<MountedDisk> {
  await mkdir(mountPoint);
  await run('mount', ['-o', options, image, mountPoint]);
  return {
    mountPoint,
    [Symbol.asyncDispose]: async () => {
      // Lazily, should a process of the test still look at it: the test must end either way.
      await run('umount', [mountPoint]).catch(async () => await run('umount', ['-l', mountPoint]));
      await rm(mountPoint, { recursive: true, force: true });
    },
  };
}
