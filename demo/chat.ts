import { connect } from 'partyline';
import 'partyline/ui';
import { keepOffline } from './offline.ts';
import { allowOwnWorkers } from './trusted-types.ts';

allowOwnWorkers();

const chat = connect({
  // `extendedLifetime` keeps the worker alive during a navigation, in browsers that support it. It is part
  // of the worker's identity, so every page must set it.
  worker: () =>
    new SharedWorker(new URL('./hub.ts', import.meta.url), {
      type: 'module',
      name: 'partyline',
      extendedLifetime: true,
    }),
  // For browsers without SharedWorker.
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
