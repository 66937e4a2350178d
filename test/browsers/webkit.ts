import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Builder, Capabilities, error, type WebDriver, type WebElement } from 'selenium-webdriver';
import { freePort } from '../support/ports.ts';
import { type Driver, findBody, until, type Window } from './driver.ts';

export interface WebKitPaths {
  readonly driver: string;
  readonly browser: string;
}

/** WebKitGTK's MiniBrowser through WebDriver, on a display that nobody sees. */
export async function startWebKit(paths: WebKitPaths): Promise<Driver> {
  const display = await startDisplay();
  const port = await freePort();
  const service = spawn(paths.driver, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: display.name,
      // A container has no graphics card, and often may not make a sandbox.
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  const stop = async () => {
    await end(service);
    await end(display.server);
  };
  const driver = await connect(`http://127.0.0.1:${port}`, paths.browser).catch(
    async (reason: unknown) => {
      await stop();
      throw reason;
    },
  );
  const version = (await driver.getCapabilities()).getBrowserVersion() ?? 'unknown';
  const turns = new Turns();
  const spare = await driver.getWindowHandle();
  return {
    version: `WebKitGTK ${version}`,
    open: async (url) => {
      // A new window, on a busy machine, may not go where it is sent, however often: another one does.
      for (let left = 3; ; left -= 1) {
        const handle = await turns.take(async () => {
          await driver.switchTo().window(spare);
          await driver.switchTo().newWindow('window');
          return driver.getWindowHandle();
        });
        const window = new WebKitWindow(driver, handle, turns);
        try {
          await window.goto(url);
          return window;
        } catch (reason) {
          if (!(reason instanceof error.TimeoutError) || left === 1) throw reason;
          await window.close();
        }
      }
    },
    close: async () => {
      await driver.quit();
      await stop();
    },
  };
}

async function connect(server: string, binary: string): Promise<WebDriver> {
  await until(
    () =>
      fetch(`${server}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    Boolean,
    'WebKitWebDriver',
  );
  const options = { binary, args: ['--automation'] };
  return new Builder()
    .usingServer(server)
    .withCapabilities(
      new Capabilities({
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': options,
        // By default it waits five minutes for a page that will not come.
        timeouts: { pageLoad: 10_000, script: 10_000 },
      }),
    )
    .build();
}

/** WebDriver talks to one window at a time. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn;
    return turn;
  }
}

class WebKitWindow implements Window {
  readonly #driver: WebDriver;
  readonly #handle: string;
  readonly #turns: Turns;

  constructor(driver: WebDriver, handle: string, turns: Turns) {
    this.#driver = driver;
    this.#handle = handle;
    this.#turns = turns;
  }

  #do<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      await this.#driver.switchTo().window(this.#handle);
      return work();
    });
  }

  goto(url: string): Promise<void> {
    // What it does not do at first it mostly does when it is told again.
    return this.#go(() => this.#driver.get(url), 2);
  }

  reload(): Promise<void> {
    return this.#go(() => this.#driver.navigate().refresh());
  }

  back(): Promise<void> {
    return this.#go(() => this.#driver.navigate().back());
  }

  forward(): Promise<void> {
    return this.#go(() => this.#driver.navigate().forward());
  }

  /** The browser waits for the page, since a script that meets a change of pages is never answered. */
  #go(navigate: () => Promise<void>, tries = 1): Promise<void> {
    return this.#do(async () => {
      for (let left = tries; ; left -= 1) {
        try {
          return await navigate();
        } catch (reason) {
          if (!(reason instanceof error.TimeoutError) || left === 1) throw reason;
        }
      }
    });
  }

  evaluate(expression: string): Promise<unknown> {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve(${expression}).then(
        (value) => done({ value }),
        (error) => done({ error: String(error) }),
      );`;
    return this.#do(async () => {
      const result = await this.#driver.executeAsyncScript<{ value?: unknown; error?: string }>(
        script,
      );
      if (result.error !== undefined) throw new Error(result.error);
      return result.value;
    });
  }

  async click(selector: string): Promise<void> {
    const element = await this.#find(selector);
    await this.#do(() => element.click());
  }

  async type(selector: string, text: string): Promise<void> {
    const element = await this.#find(selector);
    await this.#do(() => element.sendKeys(text));
  }

  close(): Promise<void> {
    return this.#do(() => this.#driver.close());
  }

  async #find(selector: string): Promise<WebElement> {
    const script = `const [selector] = arguments;${findBody}`;
    const element = await until(
      () => this.#do(() => this.#driver.executeScript<WebElement | null>(script, selector)),
      (found) => found !== null,
      selector,
    );
    if (!element) throw new Error(`there is no ${selector}`);
    return element;
  }
}

interface Display {
  readonly name: string;
  readonly server: ChildProcess;
}

async function startDisplay(): Promise<Display> {
  // It chooses a free number, and tells it on its third file.
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const pipe = server.stdio[3];
  if (!pipe || !('setEncoding' in pipe)) throw new Error('Xvfb has no third file');
  const [told]: unknown[] = await once(pipe, 'data');
  return { name: `:${String(told).trim()}`, server };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
