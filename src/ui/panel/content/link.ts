import { html, type TemplateResult } from 'lit';

export function link(
  url: string,
  text: unknown,
  onPress: ((event: Event) => void) | null = null,
): TemplateResult {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow" @click=${onPress}>${text}</a>`;
}
