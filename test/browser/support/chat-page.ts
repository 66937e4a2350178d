import { expect, type Locator, type Page } from '@playwright/test';

/** What a visitor sees and does, by role and name. */
export class ChatPage {
  readonly page: Page;
  readonly launcher: Locator;
  readonly feed: Locator;
  readonly messages: Locator;
  readonly textbox: Locator;
  readonly sendButton: Locator;
  readonly status: Locator;
  readonly nobodyIsHere: Locator;
  /** What the page's scripts warned of. */
  readonly warnings: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'warning') this.warnings.push(message.text());
    });
    this.launcher = page.getByRole('button', { name: 'Chat', exact: true });
    this.feed = page.getByRole('feed', { name: 'Conversation' });
    this.messages = this.feed.getByRole('article');
    this.textbox = page.getByRole('textbox', { name: 'Message' });
    this.sendButton = page.getByRole('button', { name: 'Send', exact: true });
    this.status = page.getByRole('status');
    this.nobodyIsHere = page.getByText('The agent has left.');
  }

  async open(): Promise<void> {
    if (await this.textbox.isVisible()) return;
    await this.launcher.click();
    await expect(this.textbox).toBeVisible();
  }

  async send(text: string): Promise<void> {
    await this.textbox.fill(text);
    await this.sendButton.click();
    await expect(this.textbox).toHaveValue('');
  }

  /**
   * Waits until the newest message with this text has arrived. The newest of all may still be the one
   * before, which arrived long since.
   */
  async delivers(text: string, options: { timeout?: number } = {}): Promise<void> {
    const message = this.messages.filter({ hasText: text }).last();
    await expect(message).toContainText('Delivered', options);
  }

  /** Waits until the feed shows these texts, in this order, and nothing else. */
  async shows(texts: readonly string[], options: { timeout?: number } = {}): Promise<void> {
    await expect(this.messages).toHaveCount(texts.length, options);
    await expect(this.messages).toContainText([...texts]);
  }
}
