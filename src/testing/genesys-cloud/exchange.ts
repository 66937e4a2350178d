import { z } from 'zod';
import { journeyContext } from './requests.ts';

const text = z.string().min(1);

/** The fields of [JV]; the implicit flow's are [MT]'s. */
export const exchangeSchema = z.object({
  deploymentId: z.string(),
  journeyContext: journeyContext.optional(),
  oauth: z
    .object({
      code: text.optional(),
      redirectUri: z.string().optional(),
      codeVerifier: z.string().optional(),
      nonce: text.optional(),
      /** In seconds. */
      maxAge: z.number().nonnegative().optional(),
      iss: text.optional(),
      idToken: text.optional(),
    })
    .refine(({ code, idToken }) => (code === undefined) !== (idToken === undefined))
    .refine(({ idToken, nonce }) => idToken === undefined || nonce !== undefined),
});
type Grant = z.infer<typeof exchangeSchema>['oauth'];

/**
 * There is no identity provider: a code, or a token of the implicit flow, is the subject, and behind a `?`
 * what the authentication request had, such as `ada?nonce=n-1&max_age=600`.
 */
function requestOf({ code, idToken }: Grant): { subject: string; asked: URLSearchParams } {
  const [subject = '', query = ''] = (code ?? idToken ?? '').split('?');
  return { subject, asked: new URLSearchParams(query) };
}

export function subjectOfGrant(grant: Grant): string {
  return requestOf(grant).subject;
}

/** Whether what was in the authentication request is in the exchange, too, with the same value [JV]. */
export function isAccepted(grant: Grant): boolean {
  const { subject, asked } = requestOf(grant);
  const given: Record<string, string | number | undefined> = {
    nonce: grant.nonce,
    max_age: grant.maxAge,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.codeVerifier,
    iss: grant.iss,
  };
  const isSame = ([name, value]: [string, string]) => String(given[name] ?? '') === value;
  return subject !== '' && [...asked].every(isSame);
}
