import type { Call, CallAnswer } from '../port.ts';
import type { GatewayCommand } from './commands.ts';
import type { GatewayEvent } from './events.ts';
import type { RestTokenSource, TokenSource } from './tokens.ts';

/** The parts of a dialect's hub outside the core. */
export interface GatewayExtension {
  readonly tokens: TokenSource;
  readonly restTokens: RestTokenSource;
  /** Answers calls about files and the deployment's settings; `null` for any other call. */
  readonly answer: (tabId: string, call: unknown) => Promise<CallAnswer> | null;
  /** Adds what the core does not know to a command that is about to be sent. */
  readonly complete?: (command: GatewayCommand) => GatewayCommand;
  /** Whether to send a command. `false` for features that the deployment has switched off. */
  readonly shouldSend: (command: GatewayCommand) => boolean;
  /** Sees each event before the core does. Returns the event for the core, or `null` to consume it. */
  onEvent(event: GatewayEvent): GatewayEvent | null;
  /**
   * Called after a handshake that failed. Returns whether the gateway refuses this site. Never rejects.
   */
  isOriginRefused?(): Promise<boolean>;
  /** Called after `isOriginRefused`. Whether the deployment is known to be switched off. */
  isInactive?(): boolean;
  /** The connection has closed, or another one opens: it may belong to another session. */
  onConnectionClosed(): void;
  /**
   * Called when the visitor changes, before anything is done for the next one. Ends everything that was
   * asked for by the previous one, and forgets what their session has sent. `epoch` of the host is the
   * next visitor's already.
   */
  onVisitorChange(): void;
}

/** What an extension needs from its hub. */
export interface ExtensionHost {
  /** Identifies the hub and the visitor; changes with either. */
  readonly epoch: string;
  /** Sends on the open connection; returns `false` if there is none, or no token that it needs. */
  send(command: GatewayCommand): boolean;
  call(tabId: string, call: Call): Promise<CallAnswer>;
  logError(what: string, cause: unknown): void;
}
