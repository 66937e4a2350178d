import { execFile, execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../../..');

/** Files that git knows of, or would: a path each, from the root. */
export function sourceFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

export interface Ended {
  readonly code: number | null;
  /** All that it printed, without colours. */
  readonly printed: string;
}

/** The repository once more, to be broken. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'partyline-copy-'));

  constructor() {
    for (const path of sourceFiles()) {
      if (path.startsWith('docs/')) continue;
      mkdirSync(join(this.folder, dirname(path)), { recursive: true });
      copyFileSync(join(root, path), join(this.folder, path));
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(join(this.folder, dirname(path)), { recursive: true });
    writeFileSync(join(this.folder, path), text, { mode });
  }

  /** @returns where the folder is */
  make(path: string): string {
    const folder = join(this.folder, path);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** @throws {Error} when `find` does not stand there once */
  replace(path: string, find: string, replacement: string): void {
    const text = readFileSync(join(this.folder, path), 'utf8');
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`${path} has '${find}' ${parts.length - 1} times`);
    this.write(path, parts.join(replacement));
  }

  delete(path: string): void {
    rmSync(join(this.folder, path));
  }

  /** Runs `npm run`, or another program, as on a shell's line. */
  run(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const [program = '', ...args] = line.split(' ');
    const options = {
      cwd: this.folder,
      // What the tests around this one run in is none of the copy's business.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1', ...env },
      maxBuffer: 2 ** 26,
    };
    return new Promise((resolve) => {
      const child = execFile(program, args, options, (_error, out, err) => {
        resolve({ code: child.exitCode, printed: out + err });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
