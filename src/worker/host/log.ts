import type { Note } from '../core/effect.ts';

/** Of each kind, this many are logged one by one; then only every hundredth. */
const oneByOne = 20;

/** Counts what was dropped or odd, and tells the console without flooding it. */
export class Log {
  readonly #counts = new Map<string, number>();

  note({ kind, detail }: Note): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > oneByOne && count % 100 !== 0) return;
    console.warn(`[partyline] ${kind} (${count} so far): ${detail}`);
  }

  error(what: string, cause: unknown): void {
    const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    console.error(`[partyline] ${what}: ${detail}`);
  }
}
