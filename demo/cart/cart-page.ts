import { type CartItem, readCart, setCount, watchCart } from '../cart.ts';
import { element } from '../dom.ts';

const euros = (amount: number) => `€ ${amount}`;

function stepper(item: CartItem, label: string, sign: string, step: number): HTMLElement {
  const button = element('button', { type: 'button', class: 'step', 'data-key': item.id + sign }, [
    sign,
  ]);
  button.setAttribute('aria-label', `${label}: ${item.name}`);
  button.addEventListener('click', () => setCount(item.id, item.count + step));
  return button;
}

function row(item: CartItem): HTMLElement {
  return element('li', {}, [
    element('img', { src: `/products/${item.id}.svg`, alt: '', width: '100', height: '80' }),
    element('a', { href: `/products/${item.id}/` }, [item.name]),
    element('span', { class: 'steps' }, [
      stepper(item, item.count === 1 ? 'Remove' : 'Remove one', '−', -1),
      element('span', { class: 'count-of' }, [String(item.count)]),
      stepper(item, 'Add one', '+', 1),
    ]),
    element('span', { class: 'price' }, [euros(item.count * item.price)]),
  ]);
}

const list = document.querySelector('[data-cart-list]');
const total = document.querySelector('[data-cart-total]');
const checkout = document.querySelector<HTMLElement>('[data-cart-checkout]');
const empty = document.querySelector<HTMLElement>('[data-cart-empty]');

watchCart(() => {
  if (!list || !total || !checkout || !empty) return;
  const items = readCart();
  const focused = document.activeElement?.getAttribute('data-key');
  list.replaceChildren(...items.map(row));
  // The rows are new. Restore the focus, so that a button can be pressed again.
  if (focused) list.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  total.textContent = euros(items.reduce((sum, item) => sum + item.count * item.price, 0));
  checkout.hidden = items.length === 0;
  empty.hidden = items.length > 0;
});
