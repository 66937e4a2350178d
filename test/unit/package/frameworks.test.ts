import type { SvelteHTMLElements } from 'svelte/elements';
import { describe, expectTypeOf, it } from 'vitest';
import type { GlobalComponents } from 'vue';
import type { Routing } from '../../../src/client/index.ts';
import type { PartylineChatProps } from '../../../src/frameworks/props.ts';
import type { PartylineChat } from '../../../src/frameworks/react.ts';
import type {} from '../../../src/frameworks/svelte.ts';
import type {} from '../../../src/frameworks/vue.ts';
import type { ElementProperty } from '../../support/element.ts';

/** Checked by tsc: a template that sets something else does not compile. */
describe('<partyline-chat> is typed', () => {
  it('with every property that it has', () => {
    expectTypeOf<keyof PartylineChatProps>().toEqualTypeOf<ElementProperty>();
  });

  it('in Vue’s templates', () => {
    type Props = InstanceType<GlobalComponents['partyline-chat']>['$props'];
    expectTypeOf<Props['routing']>().toEqualTypeOf<Routing | null | undefined>();
    expectTypeOf<Props['open']>().toEqualTypeOf<boolean | undefined>();
  });

  it('in Svelte’s templates', () => {
    type Props = SvelteHTMLElements['partyline-chat'];
    expectTypeOf<Props['routing']>().toEqualTypeOf<Routing | null | undefined>();
    expectTypeOf<Props['silent']>().toEqualTypeOf<boolean | undefined>();
  });

  it('in React', () => {
    type Props = Parameters<typeof PartylineChat>[0];
    expectTypeOf<Props['routing']>().toEqualTypeOf<Routing | null | undefined>();
    expectTypeOf<{ onToggle: (event: Event) => void }>().toExtend<Pick<Props, 'onToggle'>>();
  });
});
