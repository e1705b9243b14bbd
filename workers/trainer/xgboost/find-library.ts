import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OnNote } from '../report/notes.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { libraryNamesFor, PINNED_VERSION } from './library-names.ts';
import { openXgboost, type Xgboost } from './xgboost.ts';

const CACHE_DIRECTORY = fileURLToPath(new URL('../../../.cache/xgboost', import.meta.url));

/** Thrown when XGBoost's shared library is nowhere; the message lists what was tried and how to fix it. */
export class XgboostLibraryError extends Error {
  override name = 'XgboostLibraryError';
}

export interface LibrarySearch {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Where fetched wheels are kept. */
  readonly cacheDirectory: string;
  /** Told before a download starts. */
  readonly onFetch?: (wheel: string) => void;
}

/**
 * The path of libxgboost: `XGBOOST_LIBRARY`, else the wheel fetched before, else a system library, else the pinned
 * wheel, which is fetched now.
 *
 * @throws {XgboostLibraryError}
 */
export async function findLibrary(search: LibrarySearch): Promise<string> {
  const names = libraryNamesFor(search.platform, search.arch);
  const given = search.environment.XGBOOST_LIBRARY;
  if (given) {
    if (existsSync(given)) return given;
    throw new XgboostLibraryError(
      `XGBOOST_LIBRARY is ${given}, but there is no such file: set it to the path of ${names.file}, or unset it`,
    );
  }
  const unpacked = join(search.cacheDirectory, `${names.wheel}-${PINNED_VERSION}`);
  const cached = join(unpacked, 'xgboost', 'lib', names.file);
  for (const path of [cached, ...names.systemPaths]) if (existsSync(path)) return path;

  const requirement = `${names.wheel}==${PINNED_VERSION}`;
  search.onFetch?.(requirement);
  let failure = `the wheel holds no xgboost/lib/${names.file}`;
  try {
    await fetchWheel(names.wheel, unpacked);
    if (existsSync(cached)) return cached;
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  throw new XgboostLibraryError(
    [
      `${names.file} was not found. Tried:`,
      '  XGBOOST_LIBRARY: not set',
      ...[cached, ...names.systemPaths].map((path) => `  ${path}: not there`),
      `  pip download ${requirement}: ${failure}`,
      `Install XGBoost (pip install ${requirement}) and set XGBOOST_LIBRARY to its ${names.file}.`,
    ].join('\n'),
  );
}

/** Finds XGBoost's library, or fetches it, and opens it. */
export async function findXgboost(onNote: OnNote): Promise<Xgboost> {
  const path = await findLibrary({
    environment: process.env,
    platform: process.platform,
    arch: process.arch,
    cacheDirectory: CACHE_DIRECTORY,
    onFetch: (wheel) => onNote(`Fetching ${wheel} with pip, once, into ${CACHE_DIRECTORY}.`, 'info'),
  });
  return openXgboost(path);
}
