import { composerStyles } from './composer.ts';
import { contentStyles } from './content.ts';
import { feedStyles } from './feed.ts';
import { frameStyles } from './frame.ts';
import { messageStyles } from './message.ts';
import { paletteStyles } from './palette.ts';

/** Constructed style sheets, because a strict CSP blocks `<style>`. */
export function panelStyleSheets(): CSSStyleSheet[] {
  return [
    paletteStyles,
    frameStyles,
    feedStyles,
    messageStyles,
    contentStyles,
    composerStyles,
  ].flatMap(({ styleSheet }) => styleSheet ?? []);
}
