interface Theme {
  /** Attributes of `<partyline-chat>`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Content for the element's slots, by slot name: class and text. */
  readonly slots: Readonly<Record<string, readonly [className: string, text: string]>>;
  readonly about: string;
}

const themes: Readonly<Record<string, Theme>> = {
  shop: {
    attributes: {},
    slots: {},
    about: 'The shop’s colors, light or dark as set in the visitor’s system.',
  },
  bank: {
    attributes: { scheme: 'light', heading: 'Nordlys Bank' },
    slots: {},
    about: 'Square corners, a serif font and a gold line. Always light.',
  },
  arcade: {
    attributes: { scheme: 'dark', heading: 'Coin-Op' },
    slots: {},
    about: 'A monospaced font and hard shadows. Always dark.',
  },
  florist: {
    attributes: { scheme: 'light', heading: 'Blütezeit', lang: 'de', placement: 'start' },
    slots: {
      launcher: ['petals', '✿'],
      header: ['petals', '❀'],
      empty: ['petals-welcome', 'Welche Blumen dürfen es sein?'],
      footer: ['petals-note', 'Mo–Sa, 8–19 Uhr, vom Marktplatz in Lüneburg'],
    },
    about: 'In German, on the other side, with its own launcher, welcome and footer.',
  },
};

const names = ['scheme', 'heading', 'lang', 'placement'];

function applyTheme(chat: Element, { attributes, slots, about }: Theme): void {
  for (const name of names) {
    const value = attributes[name];
    if (value === undefined) chat.removeAttribute(name);
    else chat.setAttribute(name, value);
  }
  chat.replaceChildren(
    ...Object.entries(slots).map(([slot, [className, text]]) => {
      const own = document.createElement('div');
      own.slot = slot;
      own.className = className;
      own.textContent = text;
      return own;
    }),
  );
  const place = document.querySelector('[data-about]');
  if (place) place.textContent = about;
}

function choose(name: string): void {
  const theme = themes[name];
  const chat = document.querySelector('partyline-chat');
  if (!theme || !chat) return;
  document.documentElement.dataset.theme = name;
  applyTheme(chat, theme);
}

for (const input of document.querySelectorAll<HTMLInputElement>('input[name=theme]')) {
  input.addEventListener('change', () => choose(input.value));
  // The browser can restore the choice after a reload.
  if (input.checked) choose(input.value);
}
