/**
 * Thrown by a session check that can't tell at the moment, as when the site's keys are out of reach.
 * The broker answers 503: a 401 would sign the visitor out.
 */
export class SessionUnavailable extends Error {
  override readonly name = 'SessionUnavailable';
}
