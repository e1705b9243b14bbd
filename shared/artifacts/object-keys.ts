import type { IsoWeek } from '../calendar/date-parts.ts';
import type { IsoDate } from '../calendar/day-number.ts';

/** Every key of the object store; no other file builds one. */
export const objectKeys = {
  /** The pointer to the publication in service: the only object that readers follow and that changes. */
  current: 'publications/current.json',
  /** The prefix of every publication manifest. */
  publications: 'publications/',
  publication: (id: string) => `publications/${id}.json`,
  /** The prefix of content-addressed objects. */
  contents: 'objects/',
  /**
   * @param sha256 of the content, in hex
   * @param copy distinguishes this object from an older one of the same content, which pruning may remove
   */
  content: (sha256: string, copy?: string) => `objects/${sha256}${copy ? `-${copy}` : ''}.json`,
  /** Profile of the data in the last training run. */
  dataProfile: 'dataset/profile.json',
  /** Data checks of the last training run, whether it continued or not. */
  lastDataChecks: 'dataset/data-checks.json',
  /** Prefix of archived live days. */
  live: 'live/',
  /** Prefix of the live days of a feature store, by the day on which it was opened. */
  liveDays: (liveFrom: IsoDate) => `live/${liveFrom}/`,
  liveDay: (liveFrom: IsoDate, date: IsoDate) => `live/${liveFrom}/${date}.json`,
  /** Prefix of a model's files. */
  models: 'models/',
  modelFile: (version: string, file: ModelFile) => `models/${version}/${file}`,
  /** Data checks of the data that a model was trained on. */
  dataChecks: (version: string) => `models/${version}/data-checks.json`,
  /** What the training run of a model logs to the tracking server. */
  runRecord: (version: string) => `models/${version}/run.json`,
  /** Prefix of the decisions about a model; they sort by time. */
  decisions: (version: string) => `models/${version}/decisions/`,
  /** @param at ISO date and time, UTC */
  decision: (version: string, at: string) => `models/${version}/decisions/${at.replaceAll(':', '')}.json`,
  /** The last runs of a scheduled process. */
  pipelineRuns: (process: string) => `pipeline/runs/${process}.json`,
  /** Prefix of batch forecasts; they sort by origin. */
  forecasts: 'forecasts/',
  /**
   * @param origin last finished day
   * @param sha256 of the content, so that two batches of one night never share a key
   */
  batchForecasts: (origin: IsoDate, version: string, sha256: string) =>
    `forecasts/${origin}/${version}-${sha256.slice(0, 8)}.csv.gz`,
  /** Written and removed again, to test for write permission. */
  writeProbe: 'write-probe',
} as const;

/**
 * The names of a dataset's objects within a publication, whose manifest maps each to its key. In the old layout these
 * names are the keys.
 */
export const datasetNames = {
  catalog: 'dataset/catalog.json',
  intraday: 'dataset/intraday.json',
  history: (storeNbr: string) => `dataset/history/${pathOfStore(storeNbr)}.json`,
  daySheet: (date: IsoDate) => `replay/${date}.json`,
  promotionPlan: (week: IsoWeek) => `plan/promotions/${week}.json`,
} as const;

export type ModelFile = 'manifest.json' | 'model.ubj' | 'model.packed';

const SEGMENT_LENGTH = 200;

/**
 * A store as part of a key: digits unchanged, any other id as `s-` and its text, in which everything but `a-z`, `0-9`
 * and `-` becomes `_` and the hexadecimal of each UTF-8 byte. Two stores therefore never share a file, even where the
 * file system ignores case or reserves characters and device names. Long names are split into directories.
 */
function pathOfStore(storeNbr: string): string {
  if (/^[0-9]+$/.test(storeNbr)) return storeNbr;
  const bytes = new TextEncoder().encode(storeNbr);
  const name = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9-]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  return (`s-${name}`.match(new RegExp(`.{1,${SEGMENT_LENGTH}}`, 'g')) ?? []).join('/');
}
