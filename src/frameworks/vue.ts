import type { HTMLAttributes } from 'vue';
import type { PartylineChatElement } from '../ui/index.ts';
import type { PartylineChatProps } from './props.ts';

/** `import 'partyline/vue'` once: `<partyline-chat>` is typed in every template. */
declare module 'vue' {
  interface GlobalComponents {
    'partyline-chat': new () => PartylineChatElement & {
      $props: PartylineChatProps & HTMLAttributes;
    };
  }
}
