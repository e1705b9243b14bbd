import { z } from 'zod';
import { at } from '../at.ts';
import type { IsoDate } from '../calendar/day-number.ts';
import { isoDateSchema } from '../schemas/catalog.ts';
import type { SeriesKey } from '../schemas/series.ts';
import { type BatchForecasts, SEASON } from './batch-forecasts.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObjectError } from './parse-object.ts';

const planesSchema = z.int().min(0).max(7);

/**
 * What stands at the start of R2 `forecasts/<origin>/<version>.bin.gz`: the forecasts of every series from one origin by
 * one model, 4 values for each of `horizon` days, in whole milli-units (a forecast of the API times 1000).
 *
 * The object is gzipped. Unpacked it is: the length of this header in bytes (4, little-endian), the header as JSON in
 * UTF-8, and the columns `p50`, `below` (p50 - p10), `above` (p90 - p50) and `over` (mean - p50), one after the other.
 * A column has one value for each series and day, series by series in the order of `series`, days h = 1..`horizon`; of
 * p50 the days after the seventh are less the value seven days before. Values are zigzag coded (0, -1, 1, -2, ...) and
 * split into as many byte planes as `planes` says: the lowest bytes of all values, then the next, and so on. So nearly
 * all of the entropy lies in the first planes, and gzip makes little of the rest.
 */
export const batchForecastsHeaderSchema = z.object({
  schema_version: z.literal(1),
  model_version: z.string().min(1),
  dataset: z.string(),
  /** Last closed day: what was known when the forecasts were made. */
  origin: isoDateSchema,
  horizon: z.int().min(1).max(366),
  /** `store_nbr:family` */
  series: z.array(z.string()).min(1),
  planes: z.object({ p50: planesSchema, below: planesSchema, above: planesSchema, over: planesSchema }),
});
export type BatchForecastsHeader = z.infer<typeof batchForecastsHeaderSchema>;

/**
 * Writes batch forecasts as `batchForecastsHeaderSchema` describes it.
 *
 * @throws {RangeError} for a forecast that is not finite
 */
export async function encodeBatchForecasts(batch: BatchForecasts): Promise<Uint8Array<ArrayBuffer>> {
  const { modelVersion, dataset, origin, horizon, series, p10, p50, p90, mean } = batch;
  const columns = {
    p50: toBytePlanes(p50.map((value, i) => (i % horizon < SEASON ? value : value - at(p50, i - SEASON)))),
    below: toBytePlanes(p50.map((value, i) => value - at(p10, i))),
    above: toBytePlanes(p90.map((value, i) => value - at(p50, i))),
    over: toBytePlanes(mean.map((value, i) => value - at(p50, i))),
  };
  const header: BatchForecastsHeader = {
    schema_version: 1,
    model_version: modelVersion,
    dataset,
    origin,
    horizon,
    series: [...series],
    planes: {
      p50: columns.p50.planes,
      below: columns.below.planes,
      above: columns.above.planes,
      over: columns.over.planes,
    },
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.byteLength, true);
  const { p50: middle, below, above, over } = columns;
  return gzip([length, text, middle.bytes, below.bytes, above.bytes, over.bytes]);
}

/**
 * Reads what `encodeBatchForecasts` wrote.
 *
 * @param key of the object, for the error
 * @throws {InvalidObjectError} naming what is wrong
 */
export async function decodeBatchForecasts(packed: Uint8Array, key: string): Promise<BatchForecasts> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new InvalidObjectError(`${key}: ${problem}; train again to write it anew`, { cause });
  };
  const bytes = await gunzip(packed).catch((cause: unknown) => fail('cannot be unpacked', cause));
  if (bytes.byteLength < 4) return fail('has no header');
  const headerEnd = 4 + new DataView(bytes.buffer).getUint32(0, true);
  const header = readHeader(bytes.subarray(4, headerEnd), fail);
  const { horizon, planes } = header;
  const count = header.series.length * horizon;
  const planeCount = planes.p50 + planes.below + planes.above + planes.over;
  const expected = headerEnd + planeCount * count;
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
  const p10 = take(planes.below).map((below, i) => at(p50, i) - below);
  const p90 = take(planes.above).map((above, i) => at(p50, i) + above);
  const mean = take(planes.over).map((over, i) => at(p50, i) + over);
  const isWrong = (low: number, i: number) =>
    !(low >= 0 && low <= at(p50, i) && at(p50, i) <= at(p90, i) && at(mean, i) >= 0);
  const wrong = p10.findIndex(isWrong);
  if (wrong >= 0) fail(`the forecast of ${header.series[Math.floor(wrong / horizon)]} is out of order`);
  return {
    modelVersion: header.model_version,
    dataset: header.dataset,
    origin: header.origin,
    horizon,
    series: header.series as SeriesKey[],
    mean,
    p10,
    p50,
    p90,
  };
}

function readHeader(
  bytes: Uint8Array,
  fail: (problem: string, cause?: unknown) => never,
): BatchForecastsHeader {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    fail('its header is not JSON', cause);
  }
  const parsed = batchForecastsHeaderSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail(`its header is not valid at "${issue?.path.join('.')}": ${issue?.message}`);
}

/**
 * Reads the forecasts of every series that a training run left. For those in service, ask for the champion's version.
 *
 * @param origin last closed day when they were made
 * @returns null where there are none: no run of that night has come so far
 * @throws {InvalidObjectError}
 */
export async function readBatchForecasts(
  store: Pick<ObjectStore, 'get'>,
  origin: IsoDate,
  version: string,
): Promise<BatchForecasts | null> {
  const key = objectKeys.batchForecasts(origin, version);
  const object = await store.get(key);
  return object && decodeBatchForecasts(await object.bytes(), key);
}

/**
 * Whole numbers as byte planes: the lowest bytes of all of them, then the next, as many as the largest needs. Signs are
 * folded in (zigzag: 0, -1, 1, -2 become 0, 1, 2, 3), so that small numbers of either sign have empty upper planes.
 */

/** @throws {RangeError} for anything else than a whole number of up to 52 bits */
export function toBytePlanes(values: Float64Array): { readonly planes: number; readonly bytes: Uint8Array } {
  const folded = values.map((value) => (value < 0 ? -2 * value - 1 : 2 * value));
  let largest = 0;
  for (const value of folded) {
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${value} cannot be written: it is not a whole number`);
    if (value > largest) largest = value;
  }
  let planes = 0;
  while (largest >= 256 ** planes) planes++;
  const bytes = new Uint8Array(planes * values.length);
  for (let plane = 0; plane < planes; plane++) {
    const scale = 256 ** plane;
    const start = plane * values.length;
    for (let i = 0; i < values.length; i++)
      bytes[start + i] = Math.floor((folded[i] as number) / scale) % 256;
  }
  return { planes, bytes };
}

/** @param bytes `planes` times `count` of them */
export function fromBytePlanes(bytes: Uint8Array, planes: number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let plane = 0; plane < planes; plane++) {
    const scale = 256 ** plane;
    const start = plane * count;
    for (let i = 0; i < count; i++) values[i] = (values[i] as number) + (bytes[start + i] as number) * scale;
  }
  return values.map((folded) => (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2));
}

/** The parts, one after the other, gzipped; by what browsers, Workers and Node all have. */
export async function gzip(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return readAll(
    new Blob(parts as Uint8Array<ArrayBuffer>[]).stream().pipeThrough(new CompressionStream('gzip')),
  );
}

/** @throws when the bytes are not gzipped, or not all there */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return readAll(
    new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip')),
  );
}

async function readAll(stream: ReadableStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
