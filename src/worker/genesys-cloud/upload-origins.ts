import { putFile } from './put-file.ts';
import { notAllowed } from './upload-errors.ts';

/**
 * Whether a file may go there. Never to the site itself: an address of its own in a frame would make the
 * visitor's browser write to it.
 *
 * @param origins the allowed ones
 * @param own the site's origin
 */
export function isUploadUrl(url: string, origins: readonly string[], own: string): boolean {
  try {
    const { origin, username, password } = new URL(url);
    const isAllowed = origins.some((allowed) => new URL(allowed).origin === origin);
    return origin !== own && isAllowed && username === '' && password === '';
  } catch {
    return false;
  }
}

/**
 * `putFile`, but only to the platform's upload servers, and those that the site has named.
 *
 * @throws {PartylineError} `forbidden` for any other address; its origin is logged
 */
export function putFileTo(
  origins: readonly string[],
  logError: (what: string, cause: unknown) => void,
  own = () => self.location.origin,
): typeof putFile {
  return async (target, file, options) => {
    if (!isUploadUrl(target.url, origins, own())) {
      const named = URL.canParse(target.url) ? new URL(target.url).origin : 'an invalid address';
      const cause = `${named} is not among ${origins.join(', ') || 'any'}; see uploads.origins`;
      logError('Upload address refused', cause);
      throw notAllowed();
    }
    await putFile(target, file, options);
  };
}
