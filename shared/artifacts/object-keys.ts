import type { IsoWeek } from '../calendar/date-parts.ts';
import type { IsoDate } from '../calendar/day-number.ts';

/** Every key of the object store; no other file spells one. */
export const objectKeys = {
  catalog: 'dataset/catalog.json',
  intraday: 'dataset/intraday.json',
  /** What the last training run saw of the data. */
  dataProfile: 'dataset/profile.json',
  /** What the checks found of the data in the last training run, whether it went on or not. */
  lastDataChecks: 'dataset/data-checks.json',
  history: (storeNbr: number) => `dataset/history/${storeNbr}.json`,
  /** What every day sheet starts with. */
  daySheets: 'replay/',
  daySheet: (date: IsoDate) => `replay/${date}.json`,
  promotionPlan: (week: IsoWeek) => `plan/promotions/${week}.json`,
  /** What every archived live day starts with. */
  live: 'live/',
  /** What the live days of a feature store start with that was opened on a day. */
  liveDays: (liveFrom: IsoDate) => `live/${liveFrom}/`,
  liveDay: (liveFrom: IsoDate, date: IsoDate) => `live/${liveFrom}/${date}.json`,
  champion: 'models/champion.json',
  /** What every key of a model starts with. */
  models: 'models/',
  modelFile: (version: string, file: ModelFile) => `models/${version}/${file}`,
  /** What the checks found of the data that a model has learned from. */
  dataChecks: (version: string) => `models/${version}/data-checks.json`,
  /** What every decision about a model starts with; they sort by time. */
  decisions: (version: string) => `models/${version}/decisions/`,
  /** @param at ISO date and time, UTC */
  decision: (version: string, at: string) => `models/${version}/decisions/${at.replaceAll(':', '')}.json`,
  /** The last runs of a scheduled process. */
  pipelineRuns: (process: string) => `pipeline/runs/${process}.json`,
  /** What every batch of forecasts starts with; they sort by origin. */
  forecasts: 'forecasts/',
  /** @param origin last closed day */
  batchForecasts: (origin: IsoDate, version: string) => `forecasts/${origin}/${version}.csv.gz`,
  /** Written and removed again by a run that wants to know whether it may write. */
  writeProbe: 'write-probe',
} as const;

/** Where the objects of a dataset lie that have a date or a store in their key. */
export const DATASET_PREFIXES = ['dataset/history/', 'plan/promotions/', objectKeys.daySheets] as const;

export type ModelFile = 'manifest.json' | 'model.ubj' | 'model.packed';
