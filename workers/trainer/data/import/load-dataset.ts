import type { IsoDate } from '../../../../shared/calendar/day-number.ts';
import { markClosedDays } from '../closures/infer-closures.ts';
import { type CsvReport, readCsvDirectory } from '../csv/read-csv-directory.ts';
import type { Dataset } from '../dataset.ts';
import { DEFAULT_SLUG, fetchCompetition } from '../kaggle/fetch-competition.ts';
import type { ReportProgress } from '../progress.ts';
import { generateSyntheticDataset } from '../synthetic/generate-dataset.ts';
import { askedTravel, type DataFlags, DEFAULT_CACHE } from './data-flags.ts';
import { keepForeseeable } from './foreseeable-events.ts';
import { placeInTime } from './time-travel.ts';

export interface LoadedDataset {
  readonly dataset: Dataset;
  /** First day that arrives live. */
  readonly liveFrom: IsoDate;
  /** Remarks about the files for the user, in sentences. */
  readonly notes: readonly string[];
}

/** Reads or generates the dataset and moves it in time, as the flags say. */
export async function loadDataset(
  flags: DataFlags,
  today: IsoDate,
  onProgress: ReportProgress,
): Promise<LoadedDataset> {
  const { dataset: source, notes } = await readSource(flags, onProgress);
  const asked = { timeTravel: askedTravel(flags), today, published: null, openFrom: null };
  const { dataset, liveFrom } = placeInTime(source, asked);
  return { dataset, liveFrom, notes };
}

export interface Source {
  /** With the dates of its files. */
  readonly dataset: Dataset;
  readonly notes: readonly string[];
  /** How the reader handled gaps and bad rows; null for synthetic sales. */
  readonly files: CsvReport | null;
}

/** Reads or generates the dataset of the flags, with its own dates and foreseeable events. */
export async function readSource(flags: DataFlags, onProgress: ReportProgress): Promise<Source> {
  const source = await readSales(flags, onProgress);
  const { dataset, notes } = keepForeseeable(source.dataset);
  return { ...source, dataset, notes: [...source.notes, ...notes] };
}

async function readSales(flags: DataFlags, onProgress: ReportProgress): Promise<Source> {
  const reportProgress = (done: number, total: number) => onProgress('reading sales', done, total);
  if (flags.dataset === 'synthetic') {
    const { stores, families } = flags;
    const size = { ...(stores !== undefined && { stores }), ...(families !== undefined && { families }) };
    const { dataset } = generateSyntheticDataset({ ...size, onProgress: reportProgress });
    return { dataset: markClosedDays(dataset), notes: [], files: null };
  }
  const slug = flags.competition ?? DEFAULT_SLUG;
  const fetched = flags.dataset === 'kaggle' ? await fetchFiles(slug, flags, onProgress) : null;
  const { dataset, report } = await readCsvDirectory(fetched?.directory ?? flags.dataset, {
    ...(flags.train !== undefined && { trainFile: flags.train }),
    skipBadRows: flags.skipBadRows ?? false,
    ...(flags.missing !== undefined && { missing: flags.missing }),
    onProgress: reportProgress,
  });
  const { count, byKind } = report.skipped;
  const gaps = byKind['date-gap'] ?? 0;
  const skipped = [
    ...(count > 0 ? [`${count} bad rows skipped.`] : []),
    ...(gaps > 0 ? [`${gaps} gaps skipped: their days are missing.`] : []),
  ];
  return {
    // The folder of the cache changes with every download; the dataset keeps its name.
    dataset: fetched ? { ...dataset, name: slug } : dataset,
    notes: [...(fetched?.notes ?? []), ...skipped, ...report.skipped.examples, ...report.notes],
    files: report,
  };
}

function fetchFiles(slug: string, { cacheDir, kaggleUrl }: DataFlags, onProgress: ReportProgress) {
  return fetchCompetition({
    slug,
    cacheDirectory: cacheDir ?? DEFAULT_CACHE,
    environment: process.env,
    now: new Date(),
    onProgress,
    ...(kaggleUrl !== undefined && { baseUrl: kaggleUrl }),
  });
}
