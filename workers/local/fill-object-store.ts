import { access, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { readPointer } from '../../shared/artifacts/current-publication.ts';
import { LEGACY_CHAMPION_KEY } from '../../shared/artifacts/legacy-publication.ts';
import { listModels } from '../../shared/artifacts/list-models.ts';
import { datasetNames, objectKeys } from '../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../shared/artifacts/object-store.ts';
import { createBusinessClock } from '../../shared/calendar/business-clock.ts';
import { type IsoDate, toIsoDate } from '../../shared/calendar/day-number.ts';
import { floorToTick } from '../../shared/calendar/tick.ts';
import { ifAbsent } from '../trainer/data/absent-file.ts';
import { markClosedDays } from '../trainer/data/closures/infer-closures.ts';
import { readCsvDirectory } from '../trainer/data/csv/read-csv-directory.ts';
import type { Dataset } from '../trainer/data/dataset.ts';
import { keepForeseeable } from '../trainer/data/import/foreseeable-events.ts';
import { describeTravel, placeInTime } from '../trainer/data/import/time-travel.ts';
import { generateSyntheticDataset } from '../trainer/data/synthetic/generate-dataset.ts';
import { createDirectorySink } from '../trainer/publish/object-store/directory-object-store.ts';
import { publishDataset } from '../trainer/publish/publish-dataset.ts';
import {
  bootstrapModel,
  publishedModel,
  serveModel,
  servesBootstrapModel,
  storeSource,
} from './bootstrap/model-source.ts';
import { StartError } from './command-line/start-error.ts';
import type { StartOptions } from './command-line/start-options.ts';
import type { ReportProgress, Steps } from './command-line/steps.ts';

interface FillRequest {
  readonly options: StartOptions;
  readonly root: string;
  readonly objects: ObjectStore;
  readonly now: Date;
  readonly timeZone: string;
  readonly steps: Steps;
}

const exists = (path: string) => access(path).then(() => true, ifAbsent(false));

/**
 * Fills an empty object store with everything that the Workers need: the output of `npm run train`, or a dataset,
 * moved to today where it is old, with the committed bootstrap model.
 */
export async function fillObjectStore(request: FillRequest): Promise<void> {
  const { options, steps } = request;
  const publication = await findPublication(options);
  if (publication !== null) {
    await requireChampion(publication);
    await steps.run('Publication copied', () => copyDirectory(publication, request.objects));
    return;
  }
  // The day of the newest finished tick: right after midnight this is still yesterday, which has sales to show.
  const newestSpan = floorToTick(request.now.getTime()) - 1;
  const today: IsoDate = toIsoDate(createBusinessClock(request.timeZone).dayOf(newestSpan));
  const dataset = await steps.run(
    options.dataset === null ? 'Synthetic sales generated' : 'Sales read',
    async (progress) => keepForeseeable(await readDataset(options, progress)).dataset,
  );
  // The synthetic dataset is always replayed, whatever day it ends on.
  const timeTravel = options.timeTravel ?? (options.dataset === null ? true : undefined);
  const placement = placeInTime(dataset, { timeTravel, today, published: null, openFrom: null });
  steps.note(describeTravel(placement, today));
  const model = await steps.run('Bootstrap model copied', async () =>
    storeSource(await bootstrapModel(request.root), request.objects),
  );
  const publishing = { liveFrom: placement.liveFrom, now: request.now, model };
  await steps.run('Dataset published', (progress) =>
    publishDataset(placement.dataset, publishing, request.objects, progress),
  );
  if (options.dataset !== null) {
    steps.note(
      'Forecasts come from the bootstrap model, which has never seen this dataset. Train a model of its own:\n' +
        `    npm run train -- --dataset ${options.dataset}${options.trainFile ? ` --train ${options.trainFile}` : ''} ` +
        '--out DIR && npm start -- --dataset DIR',
    );
  }
}

/**
 * Puts a newer model into service than the one of the initial fill: one trained since, or the bootstrap model of a
 * newer release where no other is served.
 */
export async function renewModel({ options, root, objects, now, steps }: FillRequest): Promise<void> {
  const publication = await findPublication(options);
  if (publication === null && !(await servesBootstrapModel(objects))) return;
  if (publication !== null) await requireChampion(publication);
  const source = publication === null ? await bootstrapModel(root) : await publishedModel(publication);
  if ((await serveModel(source, objects, now)) === 'served')
    steps.note(`Model ${source.version} put into service`);
}

/** The directory of the dataset option if it is an output of `npm run train`. */
async function findPublication({ dataset }: StartOptions): Promise<string | null> {
  if (dataset === null) return null;
  const marks = [objectKeys.current, datasetNames.catalog].map((key) => exists(join(dataset, key)));
  return (await Promise.all(marks)).includes(true) ? dataset : null;
}

async function readDataset(options: StartOptions, onProgress: ReportProgress): Promise<Dataset> {
  if (options.dataset !== null) {
    const { trainFile, skipBadRows, missing } = options;
    const named = { ...(trainFile !== null && { trainFile }), ...(missing !== null && { missing }) };
    return (await readCsvDirectory(options.dataset, { ...named, skipBadRows, onProgress })).dataset;
  }
  const { dataset } = generateSyntheticDataset({
    onProgress,
    ...(options.stores !== null && { stores: options.stores }),
    ...(options.families !== null && { families: options.families }),
  });
  return markClosedDays(dataset);
}

/** Copies a published directory; the pointer last, because it makes the rest visible. */
async function copyDirectory(directory: string, objects: ObjectStore): Promise<void> {
  const files = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const last: readonly string[] = [LEGACY_CHAMPION_KEY, datasetNames.catalog, objectKeys.current];
  const copy = async (key: string) => {
    await objects.put(key, await readFile(join(directory, key)));
  };
  for (const key of files) if (!last.includes(key)) await copy(key);
  for (const key of last) if (files.includes(key)) await copy(key);
}

/**
 * Checks that an output of `npm run train` has a model in service: the gate may have refused the first.
 *
 * @throws {StartError} saying which model is stored, why it is not in service, and how to promote it
 */
export async function requireChampion(directory: string): Promise<void> {
  const store = createDirectorySink(directory);
  if ((await readPointer(store))?.champion) return;
  const models = (await listModels(store)).filter(({ state }) => state !== 'incomplete');
  const [newest] = models;
  if (!newest) {
    throw new StartError(
      `${directory} is not a complete publication: ${objectKeys.current} is missing.`,
      'Run `npm run train -- --out DIR` again; it writes that file last.',
    );
  }
  const reasons = newest.decisions.at(-1)?.reasons ?? [];
  throw new StartError(
    `No model is in service in ${directory}: ${newest.version} is stored, but was not promoted.\n` +
      reasons.map((reason) => `  - ${reason}\n`).join(''),
    'Train a better one, or promote it in spite of that:\n' +
      `    npm run models -- promote ${newest.version} --in ${directory}`,
  );
}
