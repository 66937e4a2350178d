import 'partyline/ui';
import { StillChat } from './still-chat.ts';

const conversations: Readonly<Record<string, StillChat>> = {
  night: new StillChat('DJ Okapi', [
    ['agent', 'doors open at 23:00. need a ticket or lost one?'],
    ['visitor', 'lost one, row 4'],
    ['agent', 'found it: https://night.example/t/4-11'],
  ]),
  clinic: new StillChat('Dr Mira Linde', [
    ['visitor', 'May I have breakfast before the blood test?'],
    ['agent', 'Please only water from midnight on. Afterwards we have tea and toast for you.'],
    ['visitor', 'That is kind, thank you.'],
  ]),
  bricks: new StillChat('Bob', [
    ['agent', 'BRICK & BEAM, Bob speaking.'],
    ['visitor', 'Do you have 200 bricks for Saturday?'],
    ['agent', 'Got 500. Bring a van.'],
  ]),
};

for (const element of document.querySelectorAll('partyline-chat')) {
  element.chat = conversations[element.id] ?? null;
  // Where the panel fills the window there is room for one at a time.
  element.open = matchMedia('(min-width: 480px) and (min-height: 421px)').matches;
}

const scheme = document.querySelector<HTMLSelectElement>('#scheme');
scheme?.addEventListener('change', () => {
  document.querySelector('#clinic')?.setAttribute('scheme', scheme.value);
});
