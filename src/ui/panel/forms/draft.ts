/** What the visitor has made of an offer so far, in this tab. */
export interface FormDraft {
  step: Step;
  /** By field: a text, a date, or the keys of what was chosen. */
  readonly filled: Map<string, readonly string[]>;
  /** By field: what is wrong with it, in words. */
  errors: ReadonlyMap<string, string>;
}

export type Step =
  | { readonly type: 'closed' }
  /** From 0. */
  | { readonly type: 'page'; readonly page: number }
  | { readonly type: 'summary' }
  | { readonly type: 'sending' };

export const closed: Step = { type: 'closed' };

/** @param isOpen there is nothing to press before it can be filled in */
export function emptyDraft(isOpen: boolean): FormDraft {
  return {
    step: isOpen ? { type: 'page', page: 0 } : closed,
    filled: new Map(),
    errors: new Map(),
  };
}
