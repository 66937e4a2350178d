/** The codes that the broker's JSON answers bear, `{"code","message"}`. */
export type AnswerCode =
  | 'forbidden'
  | 'method-not-allowed'
  | 'unauthorized'
  | 'rate-limited'
  | 'rejected'
  | 'too-large'
  | 'timeout'
  | 'not-found'
  | 'unavailable'
  | 'internal';

// A token, and an error that depends on who asked, belong in no cache on the way.
const everyAnswer = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...everyAnswer, 'Content-Type': 'application/json; charset=utf-8', ...headers },
  });
}

export function problemAnswer(
  status: number,
  code: AnswerCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonAnswer(status, { code, message }, headers);
}

export function emptyAnswer(): Response {
  return new Response(null, { status: 204, headers: everyAnswer });
}
