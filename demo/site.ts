import { addToCart, readCart, watchCart } from './cart.ts';
import { interceptSignInForms, showVisitor } from './visitor.ts';

function markCurrentPage(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.site-header nav a')) {
    const { pathname } = new URL(link.href);
    const isCurrent =
      pathname === '/' ? location.pathname === '/' : location.pathname.startsWith(pathname);
    if (isCurrent) link.setAttribute('aria-current', 'page');
  }
}

function showCartCount(): void {
  const count = readCart().reduce((sum, item) => sum + item.count, 0);
  for (const badge of document.querySelectorAll<HTMLElement>('[data-cart-count]')) {
    badge.textContent = String(count);
    badge.hidden = count === 0;
  }
}

let quiet: ReturnType<typeof setTimeout> | undefined;

function announce(text: string): void {
  const place = document.querySelector('[data-announcement]');
  if (!place) return;
  place.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => place.replaceChildren(), 4_000);
}

function watchAddButtons(): void {
  document.addEventListener('click', (event) => {
    const { target } = event;
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-add]') : null;
    const { add, name, price } = button?.dataset ?? {};
    if (!add || !name || !price) return;
    try {
      addToCart({ id: add, name, price: Number(price) });
      announce(`${name} added to your cart.`);
    } catch (error) {
      console.warn('Could not save the cart:', error);
      announce('Your browser couldn’t save your cart.');
    }
  });
}

markCurrentPage();
watchCart(showCartCount);
watchAddButtons();
interceptSignInForms();
const visitor = document.querySelector('[data-visitor]');
if (visitor) {
  showVisitor(visitor).catch((error: unknown) => {
    console.warn('Could not load the session:', error);
  });
}
