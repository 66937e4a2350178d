import { element } from '../dom.ts';

export interface View {
  readonly title: string;
  draw(): readonly HTMLElement[];
}

const paragraph = (...content: (Node | string)[]) => element('p', {}, content);

const orders = [
  { number: '1042', what: 'Two Tide mugs, a Shoal bowl', state: 'In the kiln' },
  { number: '1017', what: 'A Harbour teapot', state: 'Delivered' },
];

/** The views of the account page, by the last segment of their path. */
export const views: Readonly<Record<string, View>> = {
  overview: {
    title: 'Overview',
    draw: () => [
      paragraph(
        'You have one order on its way. ',
        element('a', { href: '/account/orders' }, ['See your orders']),
      ),
    ],
  },
  orders: {
    title: 'Orders',
    draw: () => [
      element(
        'ul',
        { class: 'orders' },
        orders.map(({ number, what, state }) =>
          element('li', {}, [
            element('strong', {}, [`No. ${number}`]),
            element('span', {}, [what]),
            element('span', { class: 'note' }, [state]),
          ]),
        ),
      ),
    ],
  },
  address: {
    title: 'Address',
    draw: () => [
      element('address', {}, ['Marsh Lane 3, Saltmarsh']),
      paragraph('To use a different delivery address, tell us in the chat.'),
    ],
  },
};
