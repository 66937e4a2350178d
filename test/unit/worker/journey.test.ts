import { describe, expect, it } from 'vitest';
import { Journey } from '../../../src/worker/genesys-cloud/journey.ts';

const cookie = { id: 'cookie-1', idType: 'cookie' };
const web = { id: '', type: 'web' };
const action = { triggeringAction: { id: 'a', actionMap: { id: 'm' } } };

describe('the journey context of a visitor', () => {
  it('is that of a returning visitor, as the official clients send it', () => {
    const journey = new Journey(null, true);
    expect(journey.contextOf('cookie-1')).toEqual({ customer: cookie, customerSession: web });
  });

  it('is none where the site does not want to know visitors again, and gives none', () => {
    const journey = new Journey(null, false);
    expect(journey.contextOf('cookie-1')).toBeNull();
    journey.set(action);
    expect(journey.contextOf('cookie-1')).toEqual({
      customer: cookie,
      customerSession: web,
      ...action,
    });
  });

  it('has what the page gives in the place of what the site does', () => {
    const shared = { customerSession: { id: 's', type: 'shop' }, ...action };
    const journey = new Journey(shared, true);
    expect(journey.contextOf('cookie-1')).toEqual({ customer: cookie, ...shared });
    const customer = { id: 'crm-7', idType: 'external' };
    journey.set({ customer });
    expect(journey.contextOf('cookie-1')).toEqual({ ...shared, customer });
    journey.set(null);
    expect(journey.contextOf('cookie-1')).toEqual({ customer: cookie, ...shared });
  });

  it('is not the next visitor’s', () => {
    const journey = new Journey(null, false);
    journey.set(action);
    journey.onVisitorChange();
    expect(journey.contextOf('cookie-2')).toBeNull();
  });
});
