// TypeScript's DOM library doesn't include Trusted Types yet.
interface TrustedTypePolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypePolicyFactory;
  }
}

/** `require-trusted-types-for 'script'` requires a policy for worker URLs. This one allows same-origin URLs. */
export function allowOwnWorkers(): void {
  window.trustedTypes?.createPolicy('default', {
    createScriptURL(url) {
      if (new URL(url, location.href).origin === location.origin) return url;
      throw new TypeError(`Cross-origin script blocked: ${url}`);
    },
  });
}
