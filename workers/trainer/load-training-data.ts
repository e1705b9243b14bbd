import { type IsoDate, toIsoDate } from '../../shared/calendar/day-number.ts';
import { objectKeys } from '../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../shared/models/object-store.ts';
import { parseObject } from '../../shared/models/parse-object.ts';
import { type Catalog, catalogSchema } from '../../shared/schemas/catalog.ts';
import type { DataFlags } from './data-flags.ts';
import type { Dataset } from './datasets/dataset.ts';
import { historyOf } from './datasets/history-of.ts';
import { addSeries } from './datasets/live/add-series.ts';
import { joinLiveDays } from './datasets/live/join-live-days.ts';
import type { LiveSales } from './datasets/live/live-sales.ts';
import { PlacementError, placeInTime } from './datasets/live/place-in-time.ts';
import { type LiveSource, readLiveSales } from './datasets/live/read-live-sales.ts';
import { readSource, type Source } from './load-dataset.ts';
import type { ReportProgress } from './report/report-progress.ts';

/** What a training run learns from and publishes. */
export interface TrainingData {
  /** The closed history: days of the files, then days of the feature store. */
  readonly history: Dataset;
  /** What is published beside the model: history up to the day before `liveFrom`, and the future to replay. */
  readonly dataset: Dataset;
  /** First day that arrives, or arrived, live. */
  readonly liveFrom: IsoDate;
  /** What the feature store has counted; null without one, or while it is not open. */
  readonly live: LiveSales | null;
  readonly source: Source;
  readonly notes: readonly string[];
}

export interface TrainingDataRequest {
  readonly flags: DataFlags;
  readonly today: IsoDate;
  /** Where the run publishes to. */
  readonly objects: Pick<ObjectStore, 'get'>;
  /** null trains on the files alone. */
  readonly live: LiveSource | null;
  readonly onProgress: ReportProgress;
}

/**
 * Reads the files and the closed live days and puts them together. Both the files and the store are only read.
 *
 * @throws {DatasetError | TimeTravelError | PlacementError | UpstashStoreError}
 */
export async function loadTrainingData(request: TrainingDataRequest): Promise<TrainingData> {
  const { flags, today, objects, onProgress } = request;
  const published = request.live && (await readPublished(objects));
  const live =
    request.live &&
    (await readLiveSales(request.live, objects, (done, total) =>
      onProgress('reading live days', done, total),
    ));
  const source = await readSource(flags, onProgress);
  const openFrom = live && toIsoDate(live.liveFrom);
  const placement = { timeTravel: flags.timeTravel, today, published, openFrom };
  const { dataset: placed, liveFrom } = placeInTime(source.dataset, placement);
  if (!live) {
    return {
      history: historyOf(placed, liveFrom),
      dataset: placed,
      liveFrom,
      live,
      source,
      notes: source.notes,
    };
  }
  const keys = new Set(live.days.flatMap(({ sales }) => [...sales.keys()]));
  const dataset = addSeries(placed, keys, published?.stores ?? []);
  return {
    history: joinLiveDays(dataset, live),
    dataset: flags.timeTravel ? dataset : withoutReplay(dataset, live),
    liveFrom,
    live,
    source,
    notes: [...source.notes, describeLive(live)],
  };
}

/** Real sales must not be replayed into a store that receives them anyway: what is published ends where they begin. */
function withoutReplay(dataset: Dataset, { liveFrom }: LiveSales): Dataset {
  const history = joinLiveDays(dataset, { liveFrom, closedThrough: liveFrom - 1, days: [] });
  return { ...history, oil: dataset.oil };
}

function describeLive({ liveFrom, closedThrough, days }: LiveSales): string {
  const since = `The feature store counts live sales since ${toIsoDate(liveFrom)}`;
  if (days.length === 0) return `${since}; no day of them is closed yet.`;
  return `${since}: ${days.length} closed days, the last of them ${toIsoDate(closedThrough)}, are learned from.`;
}

/** @throws {PlacementError} when the catalog is there but cannot be read */
async function readPublished(objects: Pick<ObjectStore, 'get'>): Promise<Catalog | null> {
  const object = await objects.get(objectKeys.catalog);
  if (!object) return null;
  const parsed = catalogSchema.safeParse(parseObject(await object.text(), objectKeys.catalog));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlacementError(
    `${objectKeys.catalog}: ${issue?.path.join('.')} ${issue?.message}. It says where the dataset in service stands in ` +
      'time; restore it, or publish somewhere else',
  );
}
