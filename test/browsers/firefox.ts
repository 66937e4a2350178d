import puppeteer, { type Page } from 'puppeteer-core';
import { type Driver, findBody, until, type Window } from './driver.ts';

/** Firefox through WebDriver BiDi. */
export async function startFirefox(executablePath: string): Promise<Driver> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    // Nothing but the tests' pages is asked of the network.
    extraPrefsFirefox: {
      'app.update.auto': false,
      'browser.newtabpage.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'network.captive-portal-service.enabled': false,
      'toolkit.telemetry.enabled': false,
      'ui.prefersReducedMotion': 1,
    },
  });
  return {
    version: await browser.version(),
    open: async (url) => {
      const page = await browser.newPage();
      const window = new FirefoxWindow(page);
      await window.goto(url);
      return window;
    },
    close: () => browser.close(),
  };
}

class FirefoxWindow implements Window {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  async back(): Promise<void> {
    await this.#page.goBack();
  }

  async forward(): Promise<void> {
    await this.#page.goForward();
  }

  evaluate(expression: string): Promise<unknown> {
    return this.#page.evaluate(expression);
  }

  async click(selector: string): Promise<void> {
    const place = await this.#do(
      selector,
      `element.scrollIntoView({ block: 'nearest' });
       const { left, top, width, height } = element.getBoundingClientRect();
       return width > 0 ? [left + width / 2, top + height / 2] : null;`,
    );
    const [x, y] = Array.isArray(place) ? place.map(Number) : [];
    if (x === undefined || y === undefined) throw new Error(`${selector} has no place`);
    await this.#page.mouse.click(x, y);
  }

  async type(selector: string, text: string): Promise<void> {
    await this.#do(selector, 'element.focus(); return true;');
    await this.#page.keyboard.type(text);
  }

  close(): Promise<void> {
    return this.#page.close();
  }

  /** Waits for the element, and for a result. */
  #do(selector: string, body: string): Promise<unknown> {
    const find = `((selector) => {${findBody}})(${JSON.stringify(selector)})`;
    return until(
      () =>
        this.evaluate(`(() => {
          const element = ${find};
          if (!element) return null;
          ${body}
        })()`),
      (result) => result !== null && result !== undefined,
      selector,
    );
  }
}
