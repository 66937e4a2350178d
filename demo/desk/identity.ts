/** The agent in this window. */
export interface Identity {
  readonly id: string;
  readonly name: string;
}

const key = 'partyline-desk-agent';
const names = ['Maya', 'Jonas', 'Priya', 'Tomás', 'Ines', 'Kofi', 'Lena', 'Omar'];

/**
 * Restores this window's agent after a reload, or creates one. It is stored in sessionStorage, so each window
 * is a different agent.
 */
export function restoreIdentity(): Identity {
  const kept = read();
  if (kept) return kept;
  const id = crypto.randomUUID();
  const index = Number.parseInt(id.slice(0, 8), 16) % names.length;
  return keepIdentity({ id: `agent_${id}`, name: names[index] ?? 'Agent' });
}

export function keepIdentity(identity: Identity): Identity {
  sessionStorage.setItem(key, JSON.stringify([identity.id, identity.name]));
  return identity;
}

function read(): Identity | null {
  const text = sessionStorage.getItem(key);
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return null;
  const [id, name]: readonly unknown[] = value;
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : null;
}
