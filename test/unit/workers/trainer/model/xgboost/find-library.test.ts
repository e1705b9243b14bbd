import { mkdtempSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
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

describe('the XGBoost library', () => {
  it('is the one that XGBOOST_LIBRARY names', async () => {
    const library = join(cacheDirectory, 'mine.so');
    await writeFile(library, '');
    expect(await findLibrary({ ...search, environment: { XGBOOST_LIBRARY: library } })).toBe(library);
  });

  it('is not searched elsewhere when XGBOOST_LIBRARY names no file', async () => {
    const environment = { XGBOOST_LIBRARY: '/nowhere/libxgboost.so' };
    await expect(findLibrary({ ...search, environment })).rejects.toThrow(
      /XGBOOST_LIBRARY is \/nowhere\/libxgboost.so, but there is no such file/,
    );
    await expect(findLibrary({ ...search, environment })).rejects.toBeInstanceOf(XgboostLibraryError);
  });

  it('is taken from the wheel fetched before', async () => {
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

  it('gives a clear error when the file is no library', async () => {
    const broken = join(cacheDirectory, 'broken.so');
    await writeFile(broken, 'not a library');
    expect(() => openXgboost(broken)).toThrow(XgboostError);
    expect(() => openXgboost(broken)).toThrow(/loading .*broken\.so failed/);
  });
});
