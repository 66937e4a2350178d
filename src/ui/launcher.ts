import type { Texts } from './texts.ts';

export interface LauncherState {
  readonly texts: Texts;
  readonly open: boolean;
  readonly unread: number;
}

export interface Launcher {
  readonly element: HTMLButtonElement;
  update(state: LauncherState): void;
  /** Names the element that the launcher shows and hides. */
  controls(panel: HTMLElement): void;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
const bubble =
  'M12 3.5c5 0 9 3.4 9 7.7s-4 7.7-9 7.7c-.9 0-1.8-.1-2.6-.3L5 20.9c-.5.3-1-.2-.9-.7l.7-3.4C4 15.5 3 13.5 3 11.2c0-4.3 4-7.7 9-7.7Z';
const chevron = 'm5.5 9.5 6.5 6 6.5-6';

function icon(name: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', name);
  const shape = document.createElementNS(svgNamespace, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** The round button. Its name never changes; how much is unread is its description. */
export function createLauncher(onClick: () => void): Launcher {
  const element = document.createElement('button');
  const badge = document.createElement('span');
  const description = document.createElement('span');

  element.type = 'button';
  element.id = 'launcher';
  element.part.add('launcher');
  element.append(icon('closed', bubble), icon('opened', chevron), badge, description);
  badge.className = 'badge';
  badge.part.add('badge');
  badge.setAttribute('aria-hidden', 'true');
  description.id = 'unread';
  description.hidden = true;
  element.addEventListener('click', onClick);

  return {
    element,
    update({ texts, open, unread }) {
      const count = open ? 0 : unread;
      element.setAttribute('aria-label', texts.chat);
      element.setAttribute('aria-expanded', String(open));
      badge.textContent = count > 99 ? '99+' : String(count);
      badge.hidden = count === 0;
      description.textContent = count > 0 ? texts.unread(count) : '';
      if (count > 0) element.setAttribute('aria-describedby', description.id);
      else element.removeAttribute('aria-describedby');
    },
    controls(panel) {
      element.setAttribute('aria-controls', panel.id);
    },
  };
}
