import { type Messages, english as texts } from './messages.ts';

/**
 * A constant of its own, not a re-export: esbuild splits by file, and would otherwise load all texts with
 * the launcher, even on a page that never imports them.
 */
export const english: Messages = texts;
