/**
 * Batch forecasts: the forecasts of every series from one origin by one model, in one gzipped CSV file. pandas, DuckDB, R
 * and Polars open it directly, spreadsheets once it is decompressed.
 *
 * UTF-8, a header line, then one line for each series and day, separated by `\n`; fields are quoted as in RFC 4180:
 *
 * ```csv
 * store_nbr,family,date,h,p10,p50,p90,mean,onpromotion,source,closed,origin,model_version
 * 44,GROCERY I,2026-11-22,1,7010.2,8388.9,9904.6,8421.3,31,model,,2026-11-21,2026-11-21T03-00-00Z
 * ```
 *
 * | column                       | holds                                                                            |
 * | ---------------------------- | -------------------------------------------------------------------------------- |
 * | `store_nbr`, `family`        | the series                                                                       |
 * | `date`, `h`                  | the day that is forecast, and how many days it lies after the origin, from 1     |
 * | `p10`, `p50`, `p90`, `mean`  | units with up to three decimals, the numbers of `GET /v1/forecasts`              |
 * | `onpromotion`                | items on promotion that the forecast assumes                                      |
 * | `source`                     | `model`, `peers` or `history`, as in the API                                     |
 * | `closed`                     | why the store is shut on the day; empty where it is open                         |
 * | `origin`, `model_version`    | the last finished day, and the model; the same in every line, so files can be joined |
 *
 * Lines are sorted by the `sectionKeyOf` their store, and within a series by `h`. Any gzip reader sees one plain stream.
 * So that a Worker need not decompress all of it, compression restarts (a full flush) after the header line and at every
 * section, usually one store. The extra field of the gzip header (RFC 1952, 2.3.1.1) indexes the sections: subfield `RF`
 * holds, for each section, the lowest `sectionKeyOf` its stores and the offset of its first byte in the compressed data,
 * both 32 bits, little-endian.
 *
 * @module
 */
import { z } from 'zod';
import { at } from '../at.ts';
import type { IsoDate } from '../calendar/day-number.ts';
import { csvField } from '../csv-field.ts';
import { forecastPointSchema } from '../schemas/api/forecast.ts';
import { isoDateSchema } from '../schemas/catalog.ts';
import { hashOfText, numberOfStore, type SeriesId } from '../schemas/series.ts';
import { InvalidObjectError } from './parse-object.ts';

const batchPointSchema = forecastPointSchema
  .omit({ cumulative: true, holidays: true })
  .refine(({ p10, p50, p90 }) => p10 <= p50 && p50 <= p90, 'p10, p50 and p90 are out of order');

/** The forecast of one day. */
export type BatchPoint = z.infer<typeof batchPointSchema>;

export interface BatchForecasts {
  readonly modelVersion: string;
  /** Last finished day: what was known when the forecasts were made. */
  readonly origin: IsoDate;
  readonly series: readonly (SeriesId & { readonly points: readonly BatchPoint[] })[];
}

/** The batch forecasts of one series. */
export interface FoundForecasts extends Pick<BatchForecasts, 'modelVersion' | 'origin'> {
  /** By `h`; null for a series that was not forecast. */
  readonly points: readonly BatchPoint[] | null;
}

/** The forecasts of every series, made together with a publication. */
export interface PublishedForecasts {
  readonly modelVersion: string;
  /** Last finished day: what was known when the forecasts were made. */
  readonly origin: IsoDate;
  /** @returns null for a series that was not forecast */
  find(series: SeriesId): Promise<readonly BatchPoint[] | null>;
}

export const BATCH_COLUMNS = [
  'store_nbr',
  'family',
  'date',
  'h',
  'p10',
  'p50',
  'p90',
  'mean',
  'onpromotion',
  'source',
  'closed',
  'origin',
  'model_version',
] as const;

/** The bytes around the compressed data, for writer and reader. */
export const BATCH_GZIP = {
  /** Magic number, deflate, an extra field, no time, unknown system. */
  start: [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255],
  /** `RF`, the subfield with the index. */
  subfield: [0x52, 0x46],
  /** Of a section in the index. */
  entryBytes: 8,
  /** What a full flush ends with. */
  flushed: [0, 0, 255, 255],
  /** The last, empty block. */
  lastBlock: [3, 0],
  /** CRC-32 and length of the uncompressed data. */
  trailerBytes: 8,
} as const;

const FIRST_HASH = 2 ** 31;

/** Sort key of a store's section: its number, or for any other id a hash that sorts after all numbers. */
export function sectionKeyOf(storeNbr: string): number {
  const number = numberOfStore(storeNbr);
  return number !== null && number < FIRST_HASH ? number : FIRST_HASH + (hashOfText(storeNbr) >>> 1);
}

/**
 * Finds the forecasts of one series: unpacks the section of its store and parses the lines of the series.
 *
 * @param bytes of the object
 * @throws {InvalidObjectError} when they are not batch forecasts, or are damaged where they are read
 */
export async function findForecasts(
  bytes: Uint8Array,
  { storeNbr, family }: SeriesId,
): Promise<FoundForecasts> {
  const [header = '', ...lines] = (await unpackSection(bytes, storeNbr)).split('\n');
  if (header !== BATCH_COLUMNS.join()) fail(`have the columns "${header}", not "${BATCH_COLUMNS.join()}"`);
  if (lines.pop() !== '' || lines[0] === undefined) fail('are cut off');
  const prefix = `${csvField(storeNbr)},${csvField(family)},`;
  const rows = lines.filter((line) => line.startsWith(prefix)).map(readRow);
  if (rows.some(({ point }, index) => point.h !== index + 1))
    fail(`do not have every day of ${storeNbr}:${family}`);
  const { origin, model_version } = rows[0] ?? readRow(lines[0] ?? '');
  const points = rows.length > 0 ? rows.map(({ point }) => point) : null;
  return { origin, modelVersion: model_version, points };
}

/** The header line, and the lines of the section for this store. */
async function unpackSection(bytes: Uint8Array, storeNbr: string): Promise<string> {
  const { start, subfield, entryBytes, flushed, lastBlock, trailerBytes } = BATCH_GZIP;
  const subfieldAt = start.length + 2;
  const indexAt = subfieldAt + subfield.length + 2;
  if (!hasBytes(bytes, 0, start) || !hasBytes(bytes, subfieldAt, subfield) || bytes.length < indexAt) {
    return fail('have no store index');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint16(indexAt - 2, true) / entryBytes;
  const dataAt = indexAt + count * entryBytes;
  const dataEnd = bytes.length - trailerBytes - lastBlock.length;
  if (!Number.isInteger(count) || count < 1 || dataAt >= dataEnd) return fail('are truncated');
  const sections = Array.from({ length: count }, (_, i) => ({
    store: view.getUint32(indexAt + i * entryBytes, true),
    start: dataAt + view.getUint32(indexAt + i * entryBytes + 4, true),
  }));
  const key = sectionKeyOf(storeNbr);
  const index = Math.max(
    0,
    sections.findLastIndex(({ store }) => store <= key),
  );
  const parts = [
    bytes.subarray(dataAt, at(sections, 0).start),
    bytes.subarray(at(sections, index).start, sections[index + 1]?.start ?? dataEnd),
  ];
  if (parts.some((part) => !hasBytes(part, part.length - flushed.length, flushed)))
    return fail('are truncated');
  const data = new Blob([...(parts as Uint8Array<ArrayBuffer>[]), new Uint8Array(lastBlock)]);
  try {
    return await new Response(data.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
  } catch (cause) {
    return fail('cannot be unpacked', cause);
  }
}

function hasBytes(bytes: Uint8Array, offset: number, expected: readonly number[]): boolean {
  return expected.every((byte, i) => bytes[offset + i] === byte);
}

const rowSchema = z.object({
  point: batchPointSchema,
  origin: isoDateSchema,
  model_version: z.string().min(1),
});

function readRow(line: string): z.infer<typeof rowSchema> {
  const fields = Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), ([, field = '']) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  );
  const text = (column: (typeof BATCH_COLUMNS)[number]) => fields[BATCH_COLUMNS.indexOf(column)] ?? '';
  const number = (column: (typeof BATCH_COLUMNS)[number]) =>
    text(column) === '' ? undefined : Number(text(column));
  const { data, error } = rowSchema.safeParse({
    point: {
      date: text('date'),
      h: number('h'),
      p10: number('p10'),
      p50: number('p50'),
      p90: number('p90'),
      mean: number('mean'),
      onpromotion: number('onpromotion'),
      source: text('source'),
      ...(text('closed') !== '' && { closed: text('closed') }),
    },
    origin: text('origin'),
    model_version: text('model_version'),
  });
  const [issue] = error?.issues ?? [];
  return data ?? fail(`are not valid in the line "${line}": ${issue?.path.join('.')}: ${issue?.message}`);
}

function fail(problem: string, cause?: unknown): never {
  throw new InvalidObjectError(`The batch forecasts ${problem}; train again to write them`, {
    cause,
  });
}
