const key = 'saltmarsh.cart';

export interface CartItem {
  readonly id: string;
  readonly name: string;
  /** The price of one, in euros. */
  readonly price: number;
  /** 1 to 99. */
  readonly count: number;
}

/** Handwritten, because a parsing library on every page would be as large as the chat. */
function isCartItem(value: unknown): value is CartItem {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, price, count }: Partial<Record<keyof CartItem, unknown>> = value;
  return (
    typeof id === 'string' &&
    typeof name === 'string' &&
    typeof price === 'number' &&
    price >= 0 &&
    typeof count === 'number' &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= 99
  );
}

/** Reads the cart. If it is invalid, it counts as empty. */
export function readCart(): readonly CartItem[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) && stored.every(isCartItem) ? stored : [];
  } catch (error) {
    console.warn('Could not read the cart:', error);
    return [];
  }
}

export function addToCart(added: Omit<CartItem, 'count'>): void {
  const items = readCart();
  const known = items.find((item) => item.id === added.id);
  if (known) setCount(known.id, known.count + 1);
  else write([...items, { ...added, count: 1 }]);
}

/** @param count from 0, which removes the item, to 99 */
export function setCount(id: string, count: number): void {
  const bounded = Math.min(count, 99);
  write(
    readCart()
      .map((item) => (item.id === id ? { ...item, count: bounded } : item))
      .filter((item) => item.count > 0),
  );
}

function write(items: readonly CartItem[]): void {
  localStorage.setItem(key, JSON.stringify(items));
  for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

/** Calls back now, and whenever this or another tab changes the cart. */
export function watchCart(listener: () => void): void {
  listeners.add(listener);
  addEventListener('storage', listener);
  listener();
}
