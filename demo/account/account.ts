import { element } from '../dom.ts';
import { type View, views } from './views.ts';

const missing: View = {
  title: 'Not found',
  draw: () => [element('p', {}, ['There is no such view.'])],
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

/** As after a real navigation, a screen reader goes on at the new view. */
function showAndFocus(): void {
  show();
  document.querySelector<HTMLElement>('#view h2')?.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  const { target } = event;
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('main a') : null;
  if (!link?.pathname.startsWith('/account') || link.origin !== location.origin) return;
  // Another tab or window was asked for.
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, '', link.href);
  showAndFocus();
});
addEventListener('popstate', showAndFocus);
show();
