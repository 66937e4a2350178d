/** For reading the whole body, in ms. */
const deadline = 10_000;

/** `size`: the body is longer than the limit · `time`: it took too long to arrive. */
export type BodyFailure = 'size' | 'time';

/** Reads a body as text, and stops reading after `limit` bytes. */
export async function readBoundedText(
  message: Request | Response,
  limit: number,
): Promise<{ readonly text: string } | { readonly text: null; readonly failure: BodyFailure }> {
  if (Number(message.headers.get('Content-Length') ?? 0) > limit)
    return { text: null, failure: 'size' };
  if (!message.body) return { text: '' };
  const reader: ReadableStreamDefaultReader<Uint8Array> = message.body.getReader();
  // It rejects when the sender is gone already; the result says why reading stopped.
  const cancel = () => void reader.cancel().catch(() => undefined);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // Also ends the pending read.
    cancel();
  }, deadline);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) return { text: null, failure: 'time' };
      if (done) return { text: text + decoder.decode() };
      bytes += value.byteLength;
      if (bytes > limit) {
        cancel();
        return { text: null, failure: 'size' };
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    clearTimeout(timer);
  }
}
