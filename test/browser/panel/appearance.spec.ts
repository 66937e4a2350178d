import { expect, test } from './fixtures.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('light, dark and automatic can be chosen while the panel is open', async ({ panel, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await panel.open();
  const wear = (scheme: string) =>
    page.evaluate((name) => window.element.setAttribute('scheme', name), scheme);
  await wear('light');
  await expect(panel.panel).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await wear('dark');
  await expect(panel.panel).toHaveCSS('background-color', 'rgb(25, 26, 33)');
  await wear('auto');
  await expect(panel.panel).toHaveCSS('background-color', 'rgb(25, 26, 33)');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(panel.panel).toHaveCSS('background-color', 'rgb(255, 255, 255)');
});

test('the page sets the panel’s side and size', async ({ panel, page }) => {
  await page.evaluate(() => {
    const { element } = window;
    element.setAttribute('placement', 'start');
    element.style.setProperty('--partyline-inset', '32px');
    element.style.setProperty('--partyline-width', '300px');
    element.style.setProperty('--partyline-height', '400px');
  });
  await panel.open();
  const box = await panel.panel.boundingBox();
  expect(box).toMatchObject({ x: 32, width: 300, height: 400 });
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  const other = await panel.panel.boundingBox();
  expect(other?.x).toBe(1_280 - 32 - 300);
});

test('a page can fill the slots', async ({ panel, page }) => {
  await page.evaluate(() => {
    const put = (slot: string, text: string) => {
      const own = document.createElement('div');
      own.slot = slot;
      own.textContent = text;
      window.element.append(own);
    };
    put('header', 'Own mark');
    put('empty', 'Own welcome');
    put('footer', 'Own footer');
    put('launcher', 'Own icon');
  });
  await panel.open();
  for (const text of ['Own mark', 'Own welcome', 'Own footer', 'Own icon']) {
    await expect(page.getByText(text)).toBeVisible();
  }
  await expect(page.getByText('How can we help?')).toBeHidden();
  await panel.hear({ text: 'Hello' });
  await expect(page.getByText('Own welcome')).toBeHidden();
});

test('targets are 44 px with a mouse, too', async ({ panel, page }) => {
  await panel.hear({ text: 'Hello' });
  await panel.open();
  const missed = await page.evaluate(() => {
    const root = window.element.shadowRoot;
    if (!root) return ['no panel'];
    return [...root.querySelectorAll('[part=close], [part=more], [part=send]')].flatMap(
      (button) => {
        const box = button.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        const corners = [-21, 21].flatMap((dx) => [-21, 21].map((dy) => [x + dx, y + dy] as const));
        return corners
          .filter(([left, top]) => root.elementFromPoint(left, top)?.closest('button') !== button)
          .map(([left, top]) => `${button.getAttribute('part')} at ${left - x}, ${top - y}`);
      },
    );
  });
  expect(missed).toEqual([]);
});

test.describe('at 200 % of a laptop’s window', () => {
  test.use({ viewport: { width: 640, height: 400 } });

  test('the panel fills the window, with room to read and write', async ({ panel }) => {
    await panel.fill(20);
    await panel.connection({ phase: 'waiting', retryAt: Date.now() + 60_000, transport: 'none' });
    await panel.open();
    await expect(panel.panel).toHaveCSS('width', '640px');
    await expect(panel.textbox).toBeInViewport({ ratio: 1 });
    await expect(panel.messages.last()).toBeInViewport({ ratio: 1 });
    await expect(panel.button('Close')).toBeInViewport({ ratio: 1 });
  });
});

test.describe('in forced colors', () => {
  test.use({ contextOptions: { forcedColors: 'active', reducedMotion: 'reduce' } });

  test('elements that only color sets apart have a border', async ({ panel, page }) => {
    await panel.hear({ text: 'Hello' });
    await panel.own({ text: 'Hi' });
    await panel.open();
    const edges = await page.evaluate(() =>
      ['.row.agent .bubble', '.row.visitor .bubble', '.dot', '.send', '#launcher'].map(
        (selector) => {
          const part = window.element.shadowRoot?.querySelector(selector);
          return part ? Number.parseFloat(getComputedStyle(part).borderTopWidth) : 0;
        },
      ),
    );
    for (const edge of edges) expect(edge).toBeGreaterThan(0);
    expect(edges[1]).toBeGreaterThan(edges[0] ?? 0);
  });
});
