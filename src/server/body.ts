/** A body that dribbles in for longer than this is given up, in ms. */
const patience = 10_000;

/**
 * The body as text, or why there is none: it is longer than `limit` bytes, of which no more is read,
 * or it did not come in time.
 */
export async function readBoundedText(
  message: Request | Response,
  limit: number,
): Promise<{ readonly text: string } | { readonly text: null; readonly why: 'size' | 'time' }> {
  if (Number(message.headers.get('Content-Length') ?? 0) > limit)
    return { text: null, why: 'size' };
  if (!message.body) return { text: '' };
  const reader: ReadableStreamDefaultReader<Uint8Array> = message.body.getReader();
  // A sender who has gone can't be told, and need not be: what is answered says why it was given up.
  const giveUp = () => void reader.cancel().catch(() => undefined);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // The pending read ends with it.
    giveUp();
  }, patience);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) return { text: null, why: 'time' };
      if (done) return { text: text + decoder.decode() };
      bytes += value.byteLength;
      if (bytes > limit) {
        giveUp();
        return { text: null, why: 'size' };
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    clearTimeout(timer);
  }
}
