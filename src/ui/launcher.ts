import type { LauncherMessages } from './launcher-messages.ts';

export interface LauncherState {
  readonly texts: LauncherMessages;
  readonly open: boolean;
  readonly unread: number;
}

export interface Launcher {
  readonly element: HTMLButtonElement;
  update(state: LauncherState): void;
  /** Sets the element that the launcher shows and hides. */
  controls(panel: HTMLElement): void;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
const bubble =
  'M12 3.5c5 0 9 3.5 9 8s-4 7.5-9 7.5q-1.4 0-2.6-.3L5 21c-.5.3-1-.2-.9-.7l.7-3.5Q3 14 3 11.5c0-4.5 4-8 9-8Z';

/** An icon of the launcher, visible in the state that it is named after. */
export function icon(name: 'closed' | 'opened', path: string): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', name);
  const shape = document.createElementNS(svgNamespace, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** The round button. Its accessible name never changes; the unread count is its description. */
export function createLauncher(onClick: () => void): Launcher {
  const element = document.createElement('button');
  const badge = document.createElement('span');
  const description = document.createElement('span');

  element.type = 'button';
  element.id = 'launcher';
  element.part.add('launcher');
  element.append(icon('closed', bubble), badge, description);
  badge.className = 'badge';
  badge.part.add('badge');
  badge.setAttribute('aria-hidden', 'true');
  description.id = 'unread';
  description.hidden = true;
  // Empty without unread messages, so that screen readers read nothing.
  element.setAttribute('aria-describedby', description.id);
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
    },
    controls(panel) {
      element.setAttribute('aria-controls', panel.id);
    },
  };
}
