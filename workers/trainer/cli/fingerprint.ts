/**
 * `npm run fingerprint`: writes the feature fingerprint into the constant that models are compared with. Models trained
 * before are refused from then on, so train again before a deployment.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { computeFeatureFingerprint } from '../../../shared/features/compute-fingerprint.ts';
import { exitOnError } from './exit-on-error.ts';

const FILE = new URL('../../../shared/features/feature-fingerprint.ts', import.meta.url);

async function writeFingerprint(): Promise<void> {
  const fingerprint = await computeFeatureFingerprint();
  const before = await readFile(FILE, 'utf8');
  const after = before.replace(/'[0-9a-f]*'/, `'${fingerprint}'`);
  await writeFile(FILE, after);
  process.stdout.write(`${fingerprint}${after === before ? ' (unchanged)' : ''}\n`);
}

await exitOnError(writeFingerprint());
