// TypeScript's DOM library does not know Trusted Types yet.
interface TrustedTypePolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypePolicyFactory;
  }
}

/** Under `require-trusted-types-for 'script'` a worker's address must pass a policy: ours alone do. */
export function allowOwnWorkers(): void {
  window.trustedTypes?.createPolicy('default', {
    createScriptURL(url) {
      if (new URL(url, location.href).origin === location.origin) return url;
      throw new TypeError(`a script from elsewhere: ${url}`);
    },
  });
}
