import type { HTMLAttributes } from 'vue';
import type { PartylineChatElement } from '../ui/index.ts';
import type { PartylineChatProps } from './props.ts';

/** After one `import 'partyline/vue'`, `<partyline-chat>` has types in every template. */
declare module 'vue' {
  interface GlobalComponents {
    'partyline-chat': new () => PartylineChatElement & {
      $props: PartylineChatProps & HTMLAttributes;
    };
  }
}
