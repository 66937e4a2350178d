import { html, type TemplateResult } from 'lit';

export function picture(url: string, alt: string, onError: (event: Event) => void): TemplateResult {
  return html`<img src=${url} alt=${alt} loading="lazy" referrerpolicy="no-referrer" @error=${onError} />`;
}

/** Hides a picture that failed to load, so that no broken frame is left. */
export function hide({ currentTarget }: Event): void {
  if (currentTarget instanceof HTMLElement) currentTarget.hidden = true;
}
