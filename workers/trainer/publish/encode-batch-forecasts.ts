import { constants, crc32, deflateRawSync } from 'node:zlib';
import {
  BATCH_COLUMNS,
  BATCH_GZIP,
  type BatchForecasts,
  sectionKeyOf,
} from '../../../shared/artifacts/batch-forecasts.ts';
import { at } from '../../../shared/at.ts';
import { csvField } from '../../../shared/csv-field.ts';
import { compareStoreNbrs } from '../../../shared/schemas/series.ts';

/** The extra field of a gzip header has a length of 16 bits. */
const MAX_SECTIONS = 8000;

/**
 * Writes batch forecasts as gzipped CSV; `shared/artifacts/batch-forecasts.ts` describes the format.
 *
 * @throws {RangeError} for a forecast that is not a number, and for a batch without series
 */
export function encodeBatchForecasts(batch: BatchForecasts): Uint8Array {
  const sections = sectionsOf(batch);
  const texts = [`${BATCH_COLUMNS.join()}\n`, ...sections.map(({ text }) => text)];
  const packed = texts.map((text) => deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH, level: 9 }));
  const { start, subfield, entryBytes, lastBlock, trailerBytes } = BATCH_GZIP;
  const index = Buffer.alloc(2 + subfield.length + 2 + sections.length * entryBytes);
  index.writeUInt16LE(index.length - 2, 0);
  index.set(subfield, 2);
  index.writeUInt16LE(sections.length * entryBytes, 4);
  let offset = 0;
  sections.forEach(({ store }, i) => {
    offset += at(packed, i).length;
    index.writeUInt32LE(store, 6 + i * entryBytes);
    index.writeUInt32LE(offset, 6 + i * entryBytes + 4);
  });
  const trailer = Buffer.alloc(trailerBytes);
  const whole = Buffer.from(texts.join(''));
  trailer.writeUInt32LE(crc32(whole), 0);
  trailer.writeUInt32LE(whole.length % 2 ** 32, 4);
  return Buffer.concat([Buffer.from(start), index, ...packed, Buffer.from(lastBlock), trailer]);
}

/** The lines of each store, or of several neighbouring stores if the index has no room for all. */
function sectionsOf({ series, origin, modelVersion }: BatchForecasts) {
  if (series.length === 0) throw new RangeError('batch forecasts need at least one series');
  const sorted = [...series].sort(
    (left, right) =>
      sectionKeyOf(left.storeNbr) - sectionKeyOf(right.storeNbr) ||
      compareStoreNbrs(left.storeNbr, right.storeNbr),
  );
  const stores = [...new Set(sorted.map(({ storeNbr }) => sectionKeyOf(storeNbr)))];
  const perSection = Math.ceil(stores.length / MAX_SECTIONS);
  const sectionOf = new Map(stores.map((store, i) => [store, at(stores, i - (i % perSection))]));
  const texts = new Map<number, string>();
  const facts = `${origin},${csvField(modelVersion)}`;
  for (const { storeNbr, family, points } of sorted) {
    const lines = points.map(({ date, h, p10, p50, p90, mean, onpromotion, source, closed = '' }) => {
      if (![p10, p50, p90, mean].every(Number.isFinite)) {
        throw new RangeError(`the forecast of ${storeNbr}:${family} for ${date} is not a number`);
      }
      const numbers = `${h},${p10},${p50},${p90},${mean},${onpromotion}`;
      return `${csvField(storeNbr)},${csvField(family)},${date},${numbers},${source},${csvField(closed)},${facts}\n`;
    });
    const key = sectionKeyOf(storeNbr);
    const section = sectionOf.get(key) ?? key;
    texts.set(section, (texts.get(section) ?? '') + lines.join(''));
  }
  return [...texts].map(([store, text]) => ({ store, text }));
}
