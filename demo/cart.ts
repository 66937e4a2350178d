const key = 'saltmarsh.cart';

export interface CartItem {
  readonly id: string;
  readonly name: string;
  /** Euros for one. */
  readonly price: number;
  /** 1 to 99. */
  readonly count: number;
}

/** By hand: on every page of the shop, a library that parses would weigh as much as the whole chat. */
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

/** What is in the cart; one that can't be read is an empty one. */
export function readCart(): readonly CartItem[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) && stored.every(isCartItem) ? stored : [];
  } catch (error) {
    console.warn('The cart could not be read:', error);
    return [];
  }
}

export function addToCart(added: Omit<CartItem, 'count'>): void {
  const items = readCart();
  const known = items.find((item) => item.id === added.id);
  if (known) setCount(known.id, known.count + 1);
  else write([...items, { ...added, count: 1 }]);
}

/** From 0, which takes the item out, to 99. */
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

/** Calls now, and whenever this tab or another changes the cart. */
export function watchCart(listener: () => void): void {
  listeners.add(listener);
  addEventListener('storage', listener);
  listener();
}
