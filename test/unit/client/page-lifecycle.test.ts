import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isPageVisible, listenToPageLifecycle } from '../../../src/client/page-lifecycle.ts';
import { FakeBrowser } from './fake-browser.ts';

let browser: FakeBrowser;
let seen: unknown[] = [];
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
  seen = [];
  stop = listenToPageLifecycle({
    visibilityChanged: (isVisible) => seen.push(isVisible ? 'visible' : 'not visible'),
    used: () => seen.push('used'),
    hidden: () => seen.push('hidden'),
    restored: () => seen.push('restored'),
    frozen: () => seen.push('frozen'),
    resumed: () => seen.push('resumed'),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Also of `pagehide` and `pageshow`. */
function inWindow(type: string, persisted = false): void {
  browser.window.dispatchEvent(Object.assign(new Event(type), { persisted }));
}

const inDocument = (type: string) => browser.document.dispatchEvent(new Event(type));

function shows(state: string): void {
  browser.document.visibilityState = state;
  inDocument('visibilitychange');
}

describe('listenToPageLifecycle', () => {
  it('reports each change of visibility', () => {
    for (const state of ['hidden', 'visible', 'prerender']) shows(state);
    expect(seen).toEqual(['not visible', 'visible', 'not visible']);
  });

  it.each(['focus', 'pointerdown', 'keydown'])('reports a use by %s', (type) => {
    inWindow(type);
    expect(seen).toEqual(['used']);
  });

  it('reports all uses together every 250 ms at most', () => {
    for (const type of ['focus', 'pointerdown', 'keydown', 'keydown']) inWindow(type);
    expect(seen).toEqual(['used']);
    vi.advanceTimersByTime(250);
    expect(seen).toEqual(['used', 'used']);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual(['used', 'used']);
  });

  it.each([true, false])('reports that the page is left (persisted: %s)', (persisted) => {
    inWindow('pagehide', persisted);
    expect(seen).toEqual(['hidden']);
  });

  it('reports a return from the back/forward cache, and not the first display', () => {
    inWindow('pageshow', false);
    expect(seen).toEqual([]);
    inWindow('pageshow', true);
    expect(seen).toEqual(['restored']);
  });

  it('reports freeze and resume', () => {
    inDocument('freeze');
    expect(seen).toEqual(['frozen']);
    inDocument('resume');
    expect(seen).toEqual(['frozen', 'resumed']);
  });

  it('reports nothing after it was stopped, and leaves no listener and no timer', () => {
    expect(browser.listeners()).toBe(8);
    for (const type of ['keydown', 'keydown']) inWindow(type);
    stop();
    stop();
    expect(browser.listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    shows('hidden');
    for (const type of ['focus', 'pagehide', 'pageshow']) inWindow(type, true);
    for (const type of ['freeze', 'resume']) inDocument(type);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual(['used']);
  });
});

it('sees uses before the site’s handlers, which may stop the event, and delays no scrolling', () => {
  const options = new Map<string, unknown>();
  vi.stubGlobal('addEventListener', (type: string, _listener: unknown, given: unknown) => {
    options.set(type, given);
  });
  listenToPageLifecycle({
    visibilityChanged() {},
    used() {},
    hidden() {},
    restored() {},
    frozen() {},
    resumed() {},
  });
  for (const type of ['pointerdown', 'keydown']) {
    expect(options.get(type)).toMatchObject({ capture: true, passive: true });
  }
  // Focus does not bubble: with `capture`, each field of the page would count.
  expect(options.get('focus')).not.toHaveProperty('capture');
});

it.each([
  ['visible', true],
  ['hidden', false],
])('isPageVisible: %s', (state, expected) => {
  browser.document.visibilityState = state;
  expect(isPageVisible()).toBe(expected);
});
