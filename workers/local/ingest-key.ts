import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'ingest-key';

/** The key for sending sales to the system of a data directory: made at its first start, the same ever after. */
export async function readIngestKey(dataDir: string): Promise<string> {
  const file = join(dataDir, FILE);
  const known = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const key = randomBytes(16).toString('hex');
  await writeFile(file, key, { mode: 0o600 });
  return key;
}
