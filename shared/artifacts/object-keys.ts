import type { IsoWeek } from '../calendar/date-parts.ts';
import type { IsoDate } from '../calendar/day-number.ts';

/** Every key of the object store; no other file spells one. */
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
   * @param copy tells this object from an older one of the same content, which pruning may remove
   */
  content: (sha256: string, copy?: string) => `objects/${sha256}${copy ? `-${copy}` : ''}.json`,
  /** What the last training run saw of the data. */
  dataProfile: 'dataset/profile.json',
  /** What the checks found of the data in the last training run, whether it went on or not. */
  lastDataChecks: 'dataset/data-checks.json',
  /** What every archived live day starts with. */
  live: 'live/',
  /** What the live days of a feature store start with that was opened on a day. */
  liveDays: (liveFrom: IsoDate) => `live/${liveFrom}/`,
  liveDay: (liveFrom: IsoDate, date: IsoDate) => `live/${liveFrom}/${date}.json`,
  /** What every key of a model starts with. */
  models: 'models/',
  modelFile: (version: string, file: ModelFile) => `models/${version}/${file}`,
  /** What the checks found of the data that a model has learned from. */
  dataChecks: (version: string) => `models/${version}/data-checks.json`,
  /** What the training run that made a model has to log. */
  runRecord: (version: string) => `models/${version}/run.json`,
  /** What every decision about a model starts with; they sort by time. */
  decisions: (version: string) => `models/${version}/decisions/`,
  /** @param at ISO date and time, UTC */
  decision: (version: string, at: string) => `models/${version}/decisions/${at.replaceAll(':', '')}.json`,
  /** The last runs of a scheduled process. */
  pipelineRuns: (process: string) => `pipeline/runs/${process}.json`,
  /** What every batch of forecasts starts with; they sort by origin. */
  forecasts: 'forecasts/',
  /**
   * @param origin last finished day
   * @param sha256 of the content: two batches of a night never share a key
   */
  batchForecasts: (origin: IsoDate, version: string, sha256: string) =>
    `forecasts/${origin}/${version}-${sha256.slice(0, 8)}.csv.gz`,
  /** Written and removed again by a run that wants to know whether it may write. */
  writeProbe: 'write-probe',
} as const;

/**
 * The names of a dataset's objects within a publication, whose manifest says under which key each lies. Before there
 * were publications, these names were the keys themselves.
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
 * A store in a key: digits as they are, any other id as `s-` and its text, of which everything but `a-z`, `0-9` and `-`
 * stands as `_` and the hexadecimal of each UTF-8 byte. So two stores never share a file, also where the file system
 * ignores case or refuses characters and names of devices; names too long for one are cut into directories.
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
