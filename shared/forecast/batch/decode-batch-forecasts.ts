import { InvalidObjectError } from '../../models/parse-object.ts';
import { type BatchForecastsHeader, batchForecastsHeaderSchema } from '../../schemas/batch-forecasts.ts';
import type { SeriesKey } from '../../schemas/series.ts';
import { type BatchForecasts, SEASON } from './batch-forecasts.ts';
import { fromBytePlanes } from './byte-planes.ts';
import { gunzip } from './gzip.ts';

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
  for (let at = 0; at < count; at++) {
    if (at % horizon >= SEASON) p50[at] = (p50[at] ?? 0) + (p50[at - SEASON] ?? 0);
  }
  const p10 = take(planes.below).map((below, at) => (p50[at] ?? 0) - below);
  const p90 = take(planes.above).map((above, at) => (p50[at] ?? 0) + above);
  const mean = take(planes.over).map((over, at) => (p50[at] ?? 0) + over);
  const isWrong = (low: number, at: number) =>
    !(low >= 0 && low <= (p50[at] ?? 0) && (p50[at] ?? 0) <= (p90[at] ?? 0) && (mean[at] ?? 0) >= 0);
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
