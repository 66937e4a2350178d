import type {} from 'svelte/elements';
import type { PartylineChatElement } from '../ui/index.ts';
import type { PartylineChatProps } from './props.ts';

/** After one `import 'partyline/svelte'`, `<partyline-chat>` has types in every template. */
declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'partyline-chat': PartylineChatProps & HTMLAttributes<PartylineChatElement>;
  }
}
