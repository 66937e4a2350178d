import type { Note } from '../core/effect.ts';

/** The first notes of each kind are logged one by one, then only every hundredth. */
const loggedSingly = 20;

/** Counts dropped input and other problems, and logs them without flooding the console. */
export class Log {
  readonly #counts = new Map<string, number>();

  note({ kind, detail }: Note): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > loggedSingly && count % 100 !== 0) return;
    const text = kind === 'gateway-problem' ? `Gateway error: ${detail}` : detail;
    console.warn(`[partyline] ${text} (${count} total).`);
  }

  error(what: string, cause: unknown): void {
    const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    console.error(`[partyline] ${what}: ${detail}`);
  }
}
