import { html, nothing, type TemplateResult } from 'lit';

export function picture(url: string, alt: string, onError: (event: Event) => void): TemplateResult {
  return html`<img src=${url} alt=${alt} loading="lazy" referrerpolicy="no-referrer" @error=${onError} />`;
}

/** A picture without a meaning of its own. */
export function optionalPicture(url: string | null | undefined): unknown {
  return url ? picture(url, '', hide) : nothing;
}

/** A video, and a link to it where it can't be played. */
export function video(url: string, name: string, poster: string | null): TemplateResult {
  const showLink = (event: Event) => {
    hide(event);
    const { currentTarget } = event;
    const link = currentTarget instanceof Element ? currentTarget.nextElementSibling : null;
    if (link instanceof HTMLElement) link.hidden = false;
  };
  return html`<video
      src=${url}
      poster=${poster ?? nothing}
      aria-label=${name}
      controls
      playsinline
      preload="metadata"
      @error=${showLink}
    ></video
    ><a href=${url} hidden target="_blank" rel="noopener noreferrer nofollow">${name}</a>`;
}

/** Hides what failed to load, so that no broken frame is left. */
export function hide({ currentTarget }: Event): void {
  if (currentTarget instanceof HTMLElement) currentTarget.hidden = true;
}
