import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Loads the secret that signs visitors' cookies, or creates it, so that sessions survive a restart. */
export async function loadSessionSecret(folder: string): Promise<string> {
  const file = join(folder, 'session-secret');
  await mkdir(folder, { recursive: true });
  try {
    // `wx` fails if the file exists, so that two servers started together share one secret.
    await writeFile(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!isExistingFile(error)) throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}

function isExistingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
