// What few visitors need, in one script: it is loaded at the first need.

export { AllowedDomains } from './allowed-domains.ts';
export { Uploads } from './uploads.ts';
