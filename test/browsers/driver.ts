/** One engine, driven as a visitor would: windows of one profile. */
export interface Driver {
  /** As the running browser tells it. */
  readonly version: string;
  open(url: string): Promise<Window>;
  close(): Promise<void>;
}

export interface Window {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  forward(): Promise<void>;
  /** The value of an expression in the page; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
  /** @param selector CSS, looked for within shadow roots as well */
  click(selector: string): Promise<void>;
  /** Puts the focus there, and types. */
  type(selector: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** The body of a function of `selector` that finds an element through every shadow root. */
export const findBody = `
  const find = (root) => {
    const hit = root.querySelector(selector);
    if (hit) return hit;
    for (const element of root.querySelectorAll('*')) {
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  return find(document);`;

/** Asks again until the answer is wanted. @throws {Error} after 20 s, with the last answer */
export async function until<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  what: string,
): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`${what}: still ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
