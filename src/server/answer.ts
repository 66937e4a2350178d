/** The `code` of the broker's JSON errors, `{"code","message"}`. */
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

// Tokens, and errors that depend on the visitor, must not be cached.
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
