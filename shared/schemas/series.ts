import { z } from 'zod';

/**
 * A name as it is kept and compared: composed (Unicode NFC), without white space around it, and with one blank where there
 * was any white space inside. Two spellings that look the same are one name, in files and in deliveries alike.
 */
export function normalizeName(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

/** Names one series, `store_nbr:family`; the field name in every bucket. A family may itself contain a colon. */
export type SeriesKey = `${number}:${string}`;

export const storeNbrSchema = z.int().min(1).max(99_999);
const FAMILY_RULE = 'must have 1 to 80 characters';

/** Spellings that are one name are read as one. */
export const familySchema = z.string().overwrite(normalizeName).min(1, FAMILY_RULE).max(80, FAMILY_RULE);

export interface SeriesId {
  readonly storeNbr: number;
  readonly family: string;
}

export function seriesKey(storeNbr: number, family: string): SeriesKey {
  return `${storeNbr}:${family}`;
}

/** @throws {SyntaxError} when `key` is not `store_nbr:family`. */
export function parseSeriesKey(key: string): SeriesId {
  const colon = key.indexOf(':');
  const storeNbr = Number(key.slice(0, colon));
  if (colon < 1 || !Number.isInteger(storeNbr)) {
    throw new SyntaxError(`"${key}" is not a series key: write store_nbr:family, for example 44:DAIRY`);
  }
  return { storeNbr, family: key.slice(colon + 1) };
}
