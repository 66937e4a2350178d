/** The visitor's unsent answers to a form or list, in this tab. */
export interface FormDraft {
  step: Step;
  /** By field key: a text, a date, or the keys of the chosen items. */
  readonly filled: Map<string, readonly string[]>;
  /** By field key: the error's text. */
  errors: ReadonlyMap<string, string>;
}

export type Step =
  | { readonly type: 'closed' }
  /** From 0. */
  | { readonly type: 'page'; readonly page: number }
  | { readonly type: 'summary' }
  | { readonly type: 'sending' };

export const closed: Step = { type: 'closed' };

/** @param isOpen whether the fields are shown without pressing a button first */
export function emptyDraft(isOpen: boolean): FormDraft {
  return {
    step: isOpen ? { type: 'page', page: 0 } : closed,
    filled: new Map(),
    errors: new Map(),
  };
}
