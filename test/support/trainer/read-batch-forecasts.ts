import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { BatchForecasts, BatchPoint } from '../../../shared/artifacts/batch-forecasts.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';

/** The lines of batch forecasts, by column, as anybody reads a gzipped CSV file. */
export function readBatchLines(bytes: Uint8Array): Record<string, string>[] {
  return parse(gunzipSync(bytes), { columns: true });
}

/** All series of batch forecasts, in the order of the file; null where the object is not there. */
export async function readBatchForecasts(
  store: Pick<ObjectStore, 'get' | 'list'>,
  origin: IsoDate,
  version: string,
): Promise<BatchForecasts | null> {
  const keys = await store.list(`${objectKeys.forecasts}${origin}/${version}-`);
  const object = await store.get(keys.at(-1) ?? '');
  if (!object) return null;
  const lines = readBatchLines(await object.bytes());
  const series = new Map<string, { storeNbr: string; family: string; points: BatchPoint[] }>();
  for (const { store_nbr = '', family = '', source, date = '', closed, ...fields } of lines) {
    const key = seriesKey(store_nbr, family);
    const entry = series.get(key) ?? { storeNbr: store_nbr, family, points: [] };
    series.set(key, entry);
    const { p10, p50, p90, mean, h, onpromotion } = fields;
    const numbers = { h, p10, p50, p90, mean, onpromotion };
    const values = Object.entries(numbers).map(([name, text]) => [name, Number(text)]);
    entry.points.push({ date, source, ...Object.fromEntries(values), ...(closed && { closed }) });
  }
  const facts = (column: string) => [...new Set(lines.map((line) => line[column]))].join(' and ');
  return { modelVersion: facts('model_version'), origin: facts('origin'), series: [...series.values()] };
}
