/**
 * Tracing ids of requests other than messages and files, to match errors to them. Most errors have no
 * tracing id.
 */
export const requestIds = {
  echo: '5b1f3a52-7a0e-4d1b-8f6e-9d2f1c0a4e11',
  jwt: '0c6a7f0e-3f0b-4c58-9c1d-6f2b8a4e7d21',
  typing: '7e2d9b14-58c3-4a6f-b0e7-1d3c5a9f8b42',
  join: 'a41c8e63-2b97-4f05-8d1a-c7e09b36f5d8',
  clear: 'd95b0f27-6e48-43ac-9f72-384ad1c6e0b5',
  decline: '6d0b93f5-8e27-4c1a-b3d4-51f9a7c20e86',
  end: '3f86d2c9-b15a-4e7d-a208-97b4e1f05c63',
} as const;
