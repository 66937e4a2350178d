import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const program = fileURLToPath(new URL('./site-process.mjs', import.meta.url));

const answer = z.union([
  z.object({ id: z.number(), url: z.string() }),
  z.object({ id: z.number(), error: z.string() }),
]);

const anyFarewell = /\nsite \d+ is closed\n/g;

interface Waiting {
  reject(error: Error): void;
}

interface Opening extends Waiting {
  resolve(url: string): void;
}

/** The process in which this one's sites run: started with the first of them, and gone with this one. */
export class SiteHost {
  static #current: SiteHost | null = null;
  readonly #child: ChildProcess;
  readonly #opening = new Map<number, Opening>();
  readonly #closing = new Set<Waiting>();
  readonly #readers = new Set<(text: string) => void>();
  #lastId = 0;

  static current(): SiteHost {
    SiteHost.#current ??= new SiteHost();
    return SiteHost.#current;
  }

  private constructor() {
    const child = fork(program, { env: { PATH: process.env.PATH }, silent: true });
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#tell(String(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#tell(String(chunk));
      process.stderr.write(String(chunk).replace(anyFarewell, ''));
    });
    child.on('message', (message) => {
      const reported = answer.parse(message);
      const waiting = this.#opening.get(reported.id);
      this.#opening.delete(reported.id);
      if ('url' in reported) waiting?.resolve(reported.url);
      else waiting?.reject(new Error(`the site could not be started: ${reported.error}`));
    });
    child.once('exit', (code) => {
      SiteHost.#current = null;
      const error = new Error(`the sites’ process ended with ${code}`);
      for (const { reject } of [...this.#opening.values(), ...this.#closing]) reject(error);
    });
  }

  /** Calls back with all that any site prints. Returns what ends it. */
  onPrinted(reader: (text: string) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  async open(env: Readonly<Record<string, string>>): Promise<{ id: number; url: string }> {
    this.#lastId += 1;
    const id = this.#lastId;
    const url = await new Promise<string>((resolve, reject) => {
      this.#opening.set(id, { resolve, reject });
      this.#child.send({ id, env });
    });
    return { id, url };
  }

  /** Resolves when its port is free, and all that it printed has been read. */
  async close(id: number): Promise<void> {
    const farewell = `\nsite ${id} is closed\n`;
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      const waiting = { reject };
      this.#closing.add(waiting);
      const stopReading = this.onPrinted((text) => {
        printed += text;
        // Once on either stream.
        if (printed.split(farewell).length <= 2) return;
        stopReading();
        this.#closing.delete(waiting);
        resolve();
      });
      this.#child.send({ id });
    });
  }

  #tell(text: string): void {
    for (const reader of [...this.#readers]) reader(text);
  }
}
