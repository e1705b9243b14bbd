import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSyntheticDataset } from '../../workers/trainer/data/synthetic/generate-dataset.ts';
import { writeCsvDirectory } from '../../workers/trainer/data/synthetic/write-csv.ts';
import { KaggleServer } from '../support/stand-ins/kaggle-server.ts';
import { zipFile } from '../support/stand-ins/zip-file.ts';

/** A stand-in for Kaggle, with the synthetic dataset as the files of the competition. */
export interface KaggleStandIn extends AsyncDisposable {
  /** Flags of `npm run retrain` that use this server and keep the files below the directory. */
  readonly arguments: readonly string[];
  /** The variables of an account there. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * @param nights completed
   * @returns a summary of the requests
   * @throws if a night has sent no request, or another than the first has downloaded the archive
   */
  checkFetched(nights: number): string;
}

export async function startKaggleStandIn(
  directory: string,
  size: { readonly stores: number; readonly families: number },
): Promise<KaggleStandIn> {
  const server = new KaggleServer(await makeArchive(join(directory, 'competition'), size));
  await server.start();
  return {
    arguments: ['--kaggle-url', server.baseUrl, '--cache-dir', join(directory, 'cache')],
    environment: { KAGGLE_USERNAME: 'nobody', KAGGLE_KEY: 'of this machine' },
    checkFetched(nights) {
      const asked = server.seen.filter(({ at }) => at === 'storage');
      const [, ...later] = asked;
      const isKnown = later.every(({ ifNoneMatch }) => ifNoneMatch === server.etag);
      const summary = `Kaggle was asked ${asked.length} times and sent its archive ${server.archivesSent} times`;
      if (asked.length === nights && isKnown && server.archivesSent === 1) return summary;
      throw new Error(`${summary} in ${nights} nights: each night has to ask, and the first to fetch it`);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function makeArchive(
  directory: string,
  size: { readonly stores: number; readonly families: number },
): Promise<Buffer> {
  await writeCsvDirectory(generateSyntheticDataset(size).dataset, directory);
  const names = await readdir(directory);
  const texts = names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') }));
  return zipFile(await Promise.all(texts));
}
