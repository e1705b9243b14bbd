import { openCurrentDataset } from '../../../../shared/artifacts/current-publication.ts';
import { datasetNames } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { parseObject } from '../../../../shared/artifacts/parse-object.ts';
import { type IsoDate, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { type Catalog, catalogSchema } from '../../../../shared/schemas/catalog.ts';
import { type Dataset, historyOf } from '../dataset.ts';
import { addSeries, joinLiveDays } from '../live/join-live-days.ts';
import { findUnusedArchive, listArchive, type UnusedArchive } from '../live/live-archive.ts';
import type { LiveSales } from '../live/live-sales.ts';
import { type LiveSource, readLiveSales } from '../live/read-live-sales.ts';
import type { ReportProgress } from '../progress.ts';
import { askedTravel, type DataFlags } from './data-flags.ts';
import { readSource, type Source } from './load-dataset.ts';
import { describeTravel, PlacementError, placeInTime } from './time-travel.ts';

/** The data that a training run uses and publishes. */
export interface TrainingData {
  /** The closed history: days of the files, then days of the feature store. */
  readonly history: Dataset;
  /** Published with the model: history up to the day before `liveFrom`, and the future to replay. */
  readonly dataset: Dataset;
  /** First live day. */
  readonly liveFrom: IsoDate;
  /** Whether later days are those of the dataset, moved in time, instead of real ones. */
  readonly isReplayed: boolean;
  /** Sales counted by the feature store; null without one, or while it is not open. */
  readonly live: LiveSales | null;
  /** Archived live days that this run does not use. */
  readonly unusedArchive: readonly UnusedArchive[];
  readonly source: Source;
  readonly notes: readonly string[];
}

export interface TrainingDataRequest {
  readonly flags: DataFlags;
  readonly today: IsoDate;
  /** Where the run publishes to. */
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  /** null trains on the files alone. */
  readonly live: LiveSource | null;
  readonly onProgress: ReportProgress;
}

/**
 * Reads the files and the finished live days and joins them. Neither the files nor the store are changed.
 *
 * @throws {DatasetError | TimeTravelError | PlacementError | LiveStoreError | LiveArchiveError}
 */
export async function loadTrainingData(request: TrainingDataRequest): Promise<TrainingData> {
  const { flags, today, objects, onProgress } = request;
  const published = await readPublished(objects, request.live !== null);
  const live =
    request.live &&
    (await readLiveSales(request.live, objects, (done, total) =>
      onProgress('reading live days', done, total),
    ));
  const source = await readSource(flags, onProgress);
  const openFrom = live && toIsoDate(live.liveFrom);
  const asked = { timeTravel: askedTravel(flags), today, published, openFrom };
  const placement = placeInTime(source.dataset, asked);
  const { dataset: placed, liveFrom, isReplayed } = placement;
  const notes = [...source.notes, describeTravel(placement, today)];
  const archive = await listArchive(objects);
  if (!live) {
    const history = historyOf(placed, liveFrom);
    const unusedArchive = findUnusedArchive(archive, live, history);
    return { history, dataset: placed, liveFrom, isReplayed, live, unusedArchive, source, notes };
  }
  const keys = new Set(live.days.flatMap(({ sales }) => [...sales.keys()]));
  const dataset = addSeries(placed, keys, published?.stores ?? []);
  const history = joinLiveDays(dataset, live);
  return {
    history,
    dataset: isReplayed ? dataset : withoutReplay(dataset, live),
    liveFrom,
    isReplayed,
    live,
    unusedArchive: findUnusedArchive(archive, live, history),
    source,
    notes: [...notes, describeLive(live)],
  };
}

/**
 * Real sales must not be replayed into a store that receives them anyway: the published history ends where they begin.
 */
function withoutReplay(dataset: Dataset, { liveFrom }: LiveSales): Dataset {
  const history = joinLiveDays(dataset, { liveFrom, closedThrough: liveFrom - 1, days: [] });
  return { ...history, oil: dataset.oil };
}

function describeLive({ liveFrom, closedThrough, days }: LiveSales): string {
  const since = `The feature store counts live sales since ${toIsoDate(liveFrom)}`;
  if (days.length === 0) return `${since}; no day of them is closed yet.`;
  return `${since}: ${days.length} finished days, the last of them ${toIsoDate(closedThrough)}, are used in training.`;
}

/**
 * @param isNeeded false for a run that can continue without a readable catalog
 * @throws {PlacementError} if the catalog exists but cannot be read
 */
async function readPublished(objects: Pick<ObjectStore, 'get'>, isNeeded: boolean): Promise<Catalog | null> {
  const text = await (await (await openCurrentDataset(objects)).get(datasetNames.catalog))?.text();
  if (text === undefined) return null;
  try {
    const parsed = catalogSchema.safeParse(parseObject(text, datasetNames.catalog));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new PlacementError(
      `${datasetNames.catalog}: ${issue?.path.join('.')} ${issue?.message}. It says where the dataset in service stands in ` +
        'time; restore it, or publish somewhere else',
    );
  } catch (error) {
    if (isNeeded) throw error;
    return null;
  }
}
