import { connect } from 'partyline';
import 'partyline/ui';
import { keepOffline } from './offline.ts';
import { allowOwnWorkers } from './trusted-types.ts';

allowOwnWorkers();

const chat = connect({
  // `extendedLifetime` keeps the worker through a navigation where the browser knows it. It is part of
  // the worker's identity, so every page must ask for it alike.
  worker: () =>
    new SharedWorker(new URL('./hub.ts', import.meta.url), {
      type: 'module',
      name: 'partyline',
      extendedLifetime: true,
    }),
  // The same file, for browsers without SharedWorker.
  fallback: () =>
    new Worker(new URL('./hub.ts', import.meta.url), { type: 'module', name: 'partyline' }),
});

const element = document.createElement('partyline-chat');
element.chat = chat;
element.routing = {
  skillGroups: ['Tier1_Support', 'Billing'],
  attributes: { source: 'demo-shop' },
};
document.body.append(element);
keepOffline(element);
