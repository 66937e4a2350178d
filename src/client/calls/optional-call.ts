import type { SideCall } from '../../protocol/deployment.ts';
import { PartylineError } from '../../protocol/errors.ts';
import { readAs } from '../validation/read-as.ts';
import { nullable, type Validator } from '../validation/validator.ts';
import type { HubRpc } from './hub-rpc.ts';

/** Makes a call that a hub may not know, because its gateway lacks the feature; `null` then. */
export async function callIfKnown<T>(
  rpc: HubRpc,
  call: SideCall,
  isValid: Validator<T>,
): Promise<T | null> {
  try {
    const { value } = await rpc.call(call);
    return readAs(nullable(isValid), value);
  } catch (error) {
    if (error instanceof PartylineError && error.code === 'invalid-call') return null;
    throw error;
  }
}
