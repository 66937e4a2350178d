import { element } from '../dom.ts';
import { type View, views } from './views.ts';

const missing: View = {
  title: 'Page not found',
  draw: () => [element('p', {}, ['This page doesn’t exist.'])],
};

function show(): void {
  const name = location.pathname.replace(/^\/account\/?|\/$/g, '') || 'overview';
  const view = views[name] ?? missing;
  document.title = `${view.title} · Saltmarsh Pottery`;
  const heading = element('h2', { tabindex: '-1' }, [view.title]);
  document.querySelector('#view')?.replaceChildren(heading, ...view.draw());
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.tabs a')) {
    if (link.pathname === location.pathname) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Moves the focus to the new view, so that screen readers continue there. */
function showAndFocus(): void {
  show();
  document.querySelector<HTMLElement>('#view h2')?.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  const { target } = event;
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('main a') : null;
  if (!link?.pathname.startsWith('/account') || link.origin !== location.origin) return;
  // The browser opens another tab or window.
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, '', link.href);
  showAndFocus();
});
addEventListener('popstate', showAndFocus);
show();
