import type { Call, CallAnswer } from '../port.ts';
import type { GatewayCommand } from './commands.ts';
import type { GatewayEvent } from './events.ts';
import type { RestTokenSource, TokenSource } from './tokens.ts';

/** What a dialect's hubs have besides the core. */
export interface GatewayExtension {
  readonly tokens: TokenSource;
  readonly restTokens: RestTokenSource;
  /** Answers what is outside of the core: files, the platform's settings; `null`: it is another call. */
  readonly answer: (tabId: string, call: unknown) => Promise<CallAnswer> | null;
  /** Whether a command is to leave at all: what a deployment does not want is not sent. */
  readonly shouldSend: (command: GatewayCommand) => boolean;
  /** Hears what the gateway tells before the core does; returns what of it is the core's business. */
  onEvent(event: GatewayEvent): GatewayEvent | null;
  /** The line has ended: another one may be another session's. */
  forget(): void;
}

/** What a supply wants of the hub that it works for. */
export interface ExtensionHost {
  /** Changes with the visitor. */
  readonly epoch: string;
  /** On the line that there is; returns whether there is one. */
  send(command: GatewayCommand): boolean;
  call(tabId: string, call: Call): Promise<CallAnswer>;
  logError(what: string, cause: unknown): void;
}
