import type {} from 'partyline/ui';
import { element } from './dom.ts';

/** The visitor's name; `null` before they sign in. */
async function readName(response: Response): Promise<string | null> {
  const session: unknown = await response.json();
  if (typeof session === 'object' && session !== null && 'name' in session) {
    if (typeof session.name === 'string' || session.name === null) return session.name;
  }
  throw new TypeError('Invalid session response.');
}

/** Shows the visitor's name with a sign-out button, or a link to sign in. */
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
 * Signs in or out, and signs the chat out in every tab. The hub outlives the page, and would otherwise notice
 * the new visitor only with its next token.
 */
async function changeVisitor(form: HTMLFormElement): Promise<void> {
  const fields = [...new FormData(form)].map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(fields) });
  if (!response.ok) throw new Error(`The server responded with ${response.status}.`);
  if (new URL(response.url).searchParams.has('problem')) {
    location.assign(response.url);
    return;
  }
  // Must run after the cookie has changed, or the hub would reconnect as the previous visitor.
  const chat = document.querySelector('partyline-chat')?.chat;
  await chat?.signOut().catch((error: unknown) => {
    console.warn('Could not sign out of the chat; its next token will:', error);
  });
  location.assign(response.url);
}

/** Enhances the sign-in and sign-out forms. Without it they work too, but the chat changes later. */
export function interceptSignInForms(): void {
  document.addEventListener('submit', (event) => {
    const { target } = event;
    if (!(target instanceof HTMLFormElement) || !('changesVisitor' in target.dataset)) return;
    event.preventDefault();
    changeVisitor(target).catch((error: unknown) => {
      console.warn('Could not submit the form by script; submitting it directly:', error);
      target.submit();
    });
  });
}
