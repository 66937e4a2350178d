import type {} from 'partyline/ui';
import { element } from './dom.ts';

/** The visitor's name; `null` before they have told one. */
async function readName(response: Response): Promise<string | null> {
  const session: unknown = await response.json();
  if (typeof session === 'object' && session !== null && 'name' in session) {
    if (typeof session.name === 'string' || session.name === null) return session.name;
  }
  throw new TypeError('the server’s answer could not be read');
}

/** Shows who the visitor is, and how to become somebody else. */
export async function showVisitor(place: Element): Promise<void> {
  const name = await readName(await fetch('/session'));
  if (name === null) {
    place.replaceChildren(element('a', { href: '/sign-in/' }, ['Sign in']));
    return;
  }
  const form = element(
    'form',
    { method: 'post', action: '/sign-out', 'data-changes-visitor': '' },
    [element('button', { class: 'quiet' }, ['Sign out'])],
  );
  place.replaceChildren(element('span', { class: 'name' }, [`Hello, ${name}`]), form);
}

/**
 * Signs in or out, and takes the chat of the former visitor away from every tab: the hub outlives
 * the page, and would learn of another visitor only with its next token.
 */
async function changeVisitor(form: HTMLFormElement): Promise<void> {
  const fields = [...new FormData(form)].map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(fields) });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (new URL(response.url).searchParams.has('problem')) {
    location.assign(response.url);
    return;
  }
  // After the cookie has changed: a hub that is woken before would come back as the former visitor.
  const chat = document.querySelector('partyline-chat')?.chat;
  await chat?.signOut().catch((error: unknown) => {
    console.warn('The chat could not be signed out; it will be with its next token:', error);
  });
  location.assign(response.url);
}

/** Without this script the forms work too; the chat then follows a little later. */
export function interceptSignInForms(): void {
  document.addEventListener('submit', (event) => {
    const { target } = event;
    if (!(target instanceof HTMLFormElement) || !('changesVisitor' in target.dataset)) return;
    event.preventDefault();
    changeVisitor(target).catch((error: unknown) => {
      console.warn('Signing in or out went wrong, once more without script:', error);
      target.submit();
    });
  });
}
