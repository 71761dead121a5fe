// Thunderbird on a screen that nobody sees, told what to do through Marionette: scripts run inside it, with its own modules.
//
// The world outside is one proxy of the test, so it finds what DNS and port 80 would show it; every host name is loopback.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../kit/free-port.ts';
import { until } from '../kit/until.ts';

export interface ThunderbirdOptions {
  readonly dir: string;
  /** host:port of what answers http://autoconfig.DOMAIN/. */
  readonly web: string;
}

export class Thunderbird implements AsyncDisposable {
  readonly #parts = new AsyncDisposableStack();
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #lastId = 0;
  /** What it asked the world for. */
  readonly asked: string[] = [];

  private constructor() {
    // Only open() makes one.
  }

  static async open({ dir, web }: ThunderbirdOptions): Promise<Thunderbird> {
    const bird = new Thunderbird();
    try {
      const display = await bird.#startScreen();
      const port = await freePort();
      await mkdir(join(dir, 'profile'), { recursive: true });
      const preferences = {
        'marionette.port': port,
        'network.proxy.type': 1,
        'network.proxy.http': '127.0.0.1',
        'network.proxy.http_port': await bird.#startProxy(web),
        'network.proxy.ssl': '127.0.0.1',
        'network.proxy.ssl_port': 1, // Nobody is there: only clear text is answered.
        'network.dns.forceResolve': '127.0.0.1',
        'app.update.enabled': false,
        'datareporting.policy.dataSubmissionEnabled': false,
        'mail.provider.suppress_dialog_on_startup': true,
        'mail.spotlight.firstRunDone': true,
        'mail.winsearch.firstRunDone': true,
        'mail.shell.checkDefaultClient': false,
        'mailnews.start_page.enabled': false,
      };
      const lines = Object.entries(preferences).map(
        ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
      );
      await writeFile(join(dir, 'profile', 'user.js'), lines.join(''));
      bird.#run(
        'thunderbird',
        [
          '--marionette',
          '--remote-allow-system-access',
          '--no-remote',
          '--profile',
          join(dir, 'profile'),
        ],
        {
          HOME: dir,
          DISPLAY: display,
          MOZ_CRASHREPORTER_DISABLE: '1',
        },
      );
      await until(async () => bird.#connect(port), {
        what: 'Thunderbird listens',
        deadlineMs: 90_000,
        everyMs: 250,
      });
      await bird.#say('WebDriver:NewSession', {});
      await bird.#say('Marionette:SetContext', { value: 'chrome' });
      return bird;
    } catch (cause) {
      await bird[Symbol.asyncDispose]();
      throw cause;
    }
  }

  /** Runs the body of an async function inside Thunderbird and gives what it returned. */
  async run<T>(body: string, ...args: readonly unknown[]): Promise<T> {
    const script = `
      const done = arguments[arguments.length - 1];
      (async (...args) => { ${body} })(...Array.from(arguments).slice(0, -1))
        .then((value) => done({ value }), (error) => done({ problem: String(error) + String(error?.stack) }));`;
    const { value: answer } = await this.#say<{ value: { value?: T; problem?: string } }>(
      'WebDriver:ExecuteAsyncScript',
      { script, args, scriptTimeout: 60_000, newSandbox: true },
    );
    if (answer.problem !== undefined) throw new Error(`Thunderbird failed: ${answer.problem}`);
    return answer.value as T;
  }

  /** PNG of its window. */
  async look(): Promise<Buffer> {
    const { value } = await this.#say<{ value: string }>('WebDriver:TakeScreenshot', {
      full: true,
      hash: false,
    });
    return Buffer.from(value, 'base64');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    await this.#parts.disposeAsync();
  }

  async #startScreen(): Promise<string> {
    const screen = this.#run('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24'], {});
    const [number] = (await once(screen.stdout ?? screen, 'data')) as [Buffer];
    return `:${number.toString().trim()}`;
  }

  #run(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const child: ChildProcess = spawn(command, args, {
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      // It starts processes of its own, which have to go with it.
      detached: true,
    });
    child.stdout?.on('data', () => undefined);
    this.#parts.defer(async () => {
      if (child.exitCode !== null || child.pid === undefined) return;
      const gone = once(child, 'exit');
      process.kill(-child.pid, 'SIGKILL');
      await gone;
    });
    return child;
  }

  async #startProxy(web: string): Promise<number> {
    const [host = '', port] = web.split(':');
    const proxy = createServer((asked, answer) => {
      const { hostname, pathname, search } = new URL(asked.url ?? '/', 'http://nobody.test');
      this.asked.push(`${hostname}${pathname}`);
      if (!hostname.startsWith('autoconfig.')) {
        answer.writeHead(502).end();
        return;
      }
      const path = pathname + search;
      request({ host, port, path, headers: { host: hostname } }, (found) => {
        answer.writeHead(found.statusCode ?? 502, found.headers);
        found.pipe(answer);
      })
        .on('error', () => answer.destroy())
        .end();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    this.#parts.defer(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return (proxy.address() as AddressInfo).port;
  }

  async #connect(port: number): Promise<boolean> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined); // Its end is told by the close.
    this.#socket = socket;
    await this.#next(); // Its greeting.
    return true;
  }

  async #say<T>(command: string, parameters: unknown): Promise<T> {
    this.#lastId += 1;
    const packet = JSON.stringify([0, this.#lastId, command, parameters]);
    this.#socket?.write(`${Buffer.byteLength(packet)}:${packet}`);
    const [, , failure, result] = (await this.#next()) as [number, number, unknown, T];
    if (failure !== null) throw new Error(`${command}: ${JSON.stringify(failure)}`);
    return result;
  }

  /** A packet is its length, a colon, JSON. */
  async #next(): Promise<unknown> {
    const socket = this.#socket;
    if (socket === undefined) throw new Error('Thunderbird is not there.');
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.subarray(0, Math.max(colon, 0)).toString());
      if (colon > 0 && this.#received.length >= end) {
        const packet = this.#received.subarray(colon + 1, end).toString();
        this.#received = this.#received.subarray(end);
        return JSON.parse(packet) as unknown;
      }
      const [chunk] = (await once(socket, 'data', {
        signal: AbortSignal.timeout(90_000),
      })) as [Buffer];
      this.#received = Buffer.concat([this.#received, chunk]);
    }
  }
}
