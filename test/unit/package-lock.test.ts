import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/processes/local-process.ts';

interface LockedPackage {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly resolved?: string;
}

const readLock = async (): Promise<Record<string, LockedPackage>> =>
  JSON.parse(await readFile(join(repositoryRoot, 'package-lock.json'), 'utf8')).packages;

it('every locked package has an integrity, those of other platforms too', async () => {
  const packages = Object.entries(await readLock()).filter(
    ([path, { link }]) => path.includes('node_modules/') && !link,
  );
  expect(packages.length).toBeGreaterThan(300);
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
});
