import type {} from 'svelte/elements';
import type { PartylineChatElement } from '../ui/index.ts';
import type { PartylineChatProps } from './props.ts';

/** `import 'partyline/svelte'` once: `<partyline-chat>` is typed in every template. */
declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'partyline-chat': PartylineChatProps & HTMLAttributes<PartylineChatElement>;
  }
}
