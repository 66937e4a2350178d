/**
 * Thrown by a session check that can't decide right now, for example because the site's keys can't be
 * fetched. The broker answers 503, since a 401 would sign the visitor out.
 */
export class SessionUnavailable extends Error {
  override readonly name = 'SessionUnavailable';
}
