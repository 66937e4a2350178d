import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/**
 * A TCP connection that can go silent: it stays open, but everything written to it is dropped, including
 * the response to a close frame, as by a proxy that has lost its state (guide, edge case 1). Incoming data
 * is still read, so that the gateway notices when the client closes the connection.
 */
export class FaultySocket extends Duplex {
  readonly #raw: Socket;
  #silent = false;
  #peerGone = false;
  #heldEnd: (() => void) | null = null;

  constructor(raw: Socket) {
    super();
    this.#raw = raw;
    raw.setNoDelay(true);
    raw.setTimeout(0);
    raw.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) raw.pause();
    });
    raw.on('end', () => {
      this.#peerGone = true;
      this.#releaseEnd();
      this.push(null);
    });
    raw.on('error', (error) => this.destroy(error));
    raw.on('close', () => this.destroy());
  }

  /** Bytes on this connection since it was opened. */
  get bytes(): { readonly in: number; readonly out: number } {
    return { in: this.#raw.bytesRead, out: this.#raw.bytesWritten };
  }

  get silent(): boolean {
    return this.#silent;
  }

  setSilent(silent: boolean): void {
    this.#silent = silent;
    if (!silent) this.#releaseEnd();
  }

  /** Ends the TCP connection with a reset and no close frame. */
  cut(): void {
    this.#raw.resetAndDestroy();
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#silent || this.#raw.destroyed) done();
    else this.#raw.write(chunk, done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: Done,
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: Done): void {
    const end = () => {
      if (this.#raw.destroyed) done();
      else this.#raw.end(() => done());
    };
    if (this.#silent && !this.#peerGone) this.#heldEnd = end;
    else end();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#raw.destroy();
    done(error);
  }

  #releaseEnd(): void {
    const end = this.#heldEnd;
    this.#heldEnd = null;
    end?.();
  }
}
