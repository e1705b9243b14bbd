import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  fetchWheel,
  findLibrary,
  XgboostLibraryError,
} from '../../../../../../workers/trainer/model/xgboost/find-library.ts';
import {
  libraryNamesFor,
  PINNED_VERSION,
} from '../../../../../../workers/trainer/model/xgboost/library-names.ts';
import { openXgboost, XgboostError } from '../../../../../../workers/trainer/model/xgboost/xgboost.ts';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'xgboost-cache-'));
const search = { environment: {}, platform: 'linux' as const, arch: 'x64', cacheDirectory };

/** A directory that pip takes packages from, with a wheel of the pinned name that somebody else has made. */
async function forgedWheel(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'forged-wheel-'));
  const script = `
import sys, zipfile
name, version = 'xgboost_cpu', sys.argv[2]
info = f'{name}-{version}.dist-info'
with zipfile.ZipFile(f'{sys.argv[1]}/{name}-{version}-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('xgboost/lib/libxgboost.so', 'evil')
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: xgboost-cpu\\nVersion: {version}\\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{info}/RECORD', '')
`;
  execFileSync('python3', ['-c', script, directory, PINNED_VERSION]);
  return directory;
}

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

describe('the XGBoost library', () => {
  it.skipIf(!hasPip && process.env.REQUIRE_SERVICES !== '1')(
    'is not taken from a wheel with another hash than the pinned ones',
    async () => {
      vi.stubEnv('PIP_NO_INDEX', '1');
      vi.stubEnv('PIP_FIND_LINKS', await forgedWheel());
      const empty = mkdtempSync(join(tmpdir(), 'wheel-cache-'));
      const target = join(empty, 'xgboost-cpu');
      await expect(fetchWheel('xgboost-cpu', target)).rejects.toThrow(/Expected .* Got/s);
      expect(readdirSync(empty)).toEqual([]);
      vi.unstubAllEnvs();
    },
  );

  it('is the one that XGBOOST_LIBRARY names', async () => {
    const library = join(cacheDirectory, 'mine.so');
    await writeFile(library, '');
    expect(await findLibrary({ ...search, environment: { XGBOOST_LIBRARY: library } })).toBe(library);
  });

  it('is not searched for elsewhere if XGBOOST_LIBRARY names no file', async () => {
    const environment = { XGBOOST_LIBRARY: '/nowhere/libxgboost.so' };
    await expect(findLibrary({ ...search, environment })).rejects.toThrow(
      /XGBOOST_LIBRARY is \/nowhere\/libxgboost.so, but there is no such file/,
    );
    await expect(findLibrary({ ...search, environment })).rejects.toBeInstanceOf(XgboostLibraryError);
  });

  it('is taken from the wheel downloaded before', async () => {
    const cached = join(cacheDirectory, `xgboost-cpu-${PINNED_VERSION}/xgboost/lib/libxgboost.so`);
    await mkdir(dirname(cached), { recursive: true });
    await writeFile(cached, '');
    expect(await findLibrary(search)).toBe(cached);
  });

  it('has its own name and wheel on each platform', () => {
    expect(libraryNamesFor('darwin', 'arm64')).toMatchObject({ file: 'libxgboost.dylib', wheel: 'xgboost' });
    expect(libraryNamesFor('win32', 'x64')).toMatchObject({ file: 'xgboost.dll', wheel: 'xgboost-cpu' });
    expect(libraryNamesFor('linux', 'arm64').systemPaths).toContain(
      '/usr/lib/aarch64-linux-gnu/libxgboost.so',
    );
  });

  it('is reported clearly if the file is not a library', async () => {
    const broken = join(cacheDirectory, 'broken.so');
    await writeFile(broken, 'not a library');
    expect(() => openXgboost(broken)).toThrow(XgboostError);
    expect(() => openXgboost(broken)).toThrow(/loading .*broken\.so failed/);
  });
});
