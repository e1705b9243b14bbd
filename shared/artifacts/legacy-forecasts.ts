/**
 * The forecasts of every series as releases without publications wrote them: `forecasts/<origin>/<version>.bin.gz`.
 * Uncompressed: the length of the header in bytes (4, little-endian), the header as JSON, and the columns `p50`,
 * `below` (p50 - p10), `above` (p90 - p50) and `over` (mean - p50) in milli-units, series by series; after the seventh
 * day, p50 is stored as the difference from seven days before. Values are zigzag coded and split into as many byte
 * planes as `planes` says, the lowest bytes of all values first.
 *
 * Read only when a release cannot load the model of such an object store; the next training run replaces it.
 *
 * @module
 */
import { z } from 'zod';
import { at } from '../at.ts';
import type { EpochMs } from '../calendar/business-clock.ts';
import { DAY_MS, toDayNumber, toIsoDate } from '../calendar/day-number.ts';
import { isoDateSchema } from '../schemas/catalog.ts';
import { type SeriesId, seriesKey } from '../schemas/series.ts';
import type { BatchPoint, PublishedForecasts } from './batch-forecasts.ts';
import { datasetNames } from './object-keys.ts';
import { InvalidObjectError } from './parse-object.ts';
import type { ObjectReader, Publication } from './publication.ts';
import { readDatasetFacts } from './read-dataset-facts.ts';

const SEASON = 7;
/** Days back from today on which forecasts are looked for. */
const SEARCHED_DAYS = 10;

const planesSchema = z.int().min(0).max(7);
const headerSchema = z.object({
  schema_version: z.literal(1),
  model_version: z.string().min(1),
  origin: isoDateSchema,
  horizon: z.int().min(1).max(366),
  /** `store_nbr:family` */
  series: z.array(z.string()).min(1),
  planes: z.object({ p50: planesSchema, below: planesSchema, above: planesSchema, over: planesSchema }),
});

/**
 * Finds the newest forecasts of a publication's model.
 *
 * @returns null where there are none
 * @throws {InvalidObjectError} when they are damaged
 */
export async function openLegacyForecasts(
  objects: ObjectReader,
  { model, dataset }: Publication,
  now: EpochMs,
): Promise<PublishedForecasts | null> {
  const catalog = await dataset.get(datasetNames.catalog);
  if (!model || !catalog) return null;
  const { liveFrom } = readDatasetFacts(await catalog.text(), datasetNames.catalog);
  const today = Math.floor(now / DAY_MS);
  const days = [
    toDayNumber(liveFrom) - 1,
    ...Array.from({ length: SEARCHED_DAYS }, (_, back) => today - back),
  ];
  for (const day of new Set(days)) {
    const key = `forecasts/${toIsoDate(day)}/${model.version}.bin.gz`;
    const object = await objects.get(key);
    if (object) return decode(await object.bytes(), key);
  }
  return null;
}

async function decode(packed: Uint8Array, key: string): Promise<PublishedForecasts> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new InvalidObjectError(`${key}: ${problem}; train again`, { cause });
  };
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream();
  const unpacked = new Response(stream.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  const bytes = new Uint8Array(await unpacked.catch((cause: unknown) => fail('cannot be unpacked', cause)));
  if (bytes.byteLength < 4) return fail('has no header');
  const headerEnd = 4 + new DataView(bytes.buffer).getUint32(0, true);
  const header = parseHeader(bytes.subarray(4, headerEnd), fail);
  const { horizon, planes, origin, model_version } = header;
  const count = header.series.length * horizon;
  const expected = headerEnd + (planes.p50 + planes.below + planes.above + planes.over) * count;
  if (bytes.byteLength !== expected) fail(`has ${bytes.byteLength} bytes instead of ${expected}`);

  let start = headerEnd;
  const take = (planeCount: number): Float64Array => {
    const end = start + planeCount * count;
    const column = fromBytePlanes(bytes.subarray(start, end), planeCount, count);
    start = end;
    return column;
  };
  const p50 = take(planes.p50);
  for (let i = 0; i < count; i++) {
    if (i % horizon >= SEASON) p50[i] = at(p50, i) + at(p50, i - SEASON);
  }
  const [below, above, over] = [take(planes.below), take(planes.above), take(planes.over)];
  const pointAt = (i: number, h: number): BatchPoint => ({
    date: toIsoDate(toDayNumber(origin) + h),
    h,
    mean: (at(p50, i) + at(over, i)) / 1000,
    p10: (at(p50, i) - at(below, i)) / 1000,
    p50: at(p50, i) / 1000,
    p90: (at(p50, i) + at(above, i)) / 1000,
    source: 'model',
    onpromotion: 0,
  });
  return {
    modelVersion: model_version,
    origin,
    find: async ({ storeNbr, family }: SeriesId) => {
      const index = header.series.indexOf(seriesKey(storeNbr, family));
      if (index < 0) return null;
      return Array.from({ length: horizon }, (_, i) => pointAt(index * horizon + i, i + 1));
    },
  };
}

function parseHeader(
  bytes: Uint8Array,
  fail: (problem: string, cause?: unknown) => never,
): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    return fail('has no valid header', cause);
  }
}

/** @param bytes `planes` times `count` of them */
function fromBytePlanes(bytes: Uint8Array, planes: number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let plane = 0; plane < planes; plane++) {
    const scale = 256 ** plane;
    const start = plane * count;
    for (let i = 0; i < count; i++) values[i] = at(values, i) + at(bytes, start + i) * scale;
  }
  return values.map((folded) => (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2));
}
