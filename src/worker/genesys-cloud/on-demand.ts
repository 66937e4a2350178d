// What few visitors need, in one script: it is loaded at the first need.

export { AllowedDomains } from './allowed-domains.ts';
export { PlatformCalls } from './platform-calls.ts';
export { putFileTo } from './upload-origins.ts';
export { Uploads } from './uploads.ts';
