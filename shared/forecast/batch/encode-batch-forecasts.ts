import type { BatchForecastsHeader } from '../../schemas/batch-forecasts.ts';
import { type BatchForecasts, SEASON } from './batch-forecasts.ts';
import { toBytePlanes } from './byte-planes.ts';
import { gzip } from './gzip.ts';

/**
 * Writes batch forecasts as `batchForecastsHeaderSchema` describes it.
 *
 * @throws {RangeError} for a forecast that is not finite
 */
export async function encodeBatchForecasts(batch: BatchForecasts): Promise<Uint8Array<ArrayBuffer>> {
  const { modelVersion, dataset, origin, horizon, series, p10, p50, p90, mean } = batch;
  const columns = {
    p50: toBytePlanes(
      p50.map((value, at) => (at % horizon < SEASON ? value : value - (p50[at - SEASON] ?? 0))),
    ),
    below: toBytePlanes(p50.map((value, at) => value - (p10[at] ?? 0))),
    above: toBytePlanes(p90.map((value, at) => value - (p50[at] ?? 0))),
    over: toBytePlanes(mean.map((value, at) => value - (p50[at] ?? 0))),
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
