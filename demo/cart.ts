import { z } from 'zod/mini';

const key = 'saltmarsh.cart';

const itemSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Euros for one. */
  price: z.number().check(z.nonnegative()),
  count: z.int().check(z.minimum(1), z.maximum(99)),
});
export type CartItem = Readonly<z.infer<typeof itemSchema>>;

/** What is in the cart; one that can't be read is an empty one. */
export function readCart(): readonly CartItem[] {
  try {
    const parsed = z.array(itemSchema).safeParse(JSON.parse(localStorage.getItem(key) ?? '[]'));
    return parsed.success ? parsed.data : [];
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
