import type { GatewayEvent } from '../../src/protocol/gateway/events.ts';

export type SessionEvent = Extract<GatewayEvent, { type: 'session' }>;

/** A session of Genesys Cloud's dialect is open: one that was there before, and without files. */
export function sessionEvent(part: Partial<SessionEvent> = {}): SessionEvent {
  return {
    type: 'session',
    isConnected: true,
    isNew: false,
    isReadOnly: false,
    isAutoStarted: false,
    hasClearedOthers: false,
    life: { duration: null, expiresAt: null },
    uploads: null,
    ...part,
  };
}
