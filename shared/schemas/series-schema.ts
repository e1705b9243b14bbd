import { z } from 'zod';
import {
  describeBadFamily,
  describeBadStoreNbr,
  FAMILY_RULES,
  MAX_FAMILY_LENGTH,
  MAX_STORE_NBR_LENGTH,
  readFamily,
  readStoreNbr,
  STORE_NBR_RULES,
} from './series.ts';

/** A store's id as it is kept and answered. */
export const storeNbrSchema = z
  .string()
  .overwrite((text) => readStoreNbr(text) ?? text)
  .refine((text) => describeBadStoreNbr(text) === null, STORE_NBR_RULES.text)
  .meta({ type: 'string', minLength: 1, maxLength: MAX_STORE_NBR_LENGTH });

/** A store's id as it may be given: a whole number means its digits. */
export const givenStoreNbrSchema = z
  .union([z.string(), z.int().min(0)], STORE_NBR_RULES.given)
  .transform(String)
  .pipe(storeNbrSchema)
  .meta({
    anyOf: [
      { type: 'string', minLength: 1, maxLength: MAX_STORE_NBR_LENGTH },
      { type: 'integer', minimum: 0 },
    ],
  });

/** Spellings that are one name are read as one. */
export const familySchema = z
  .string()
  .overwrite((text) => readFamily(text) ?? text)
  .refine((text) => describeBadFamily(text) === null, FAMILY_RULES.text)
  .meta({ type: 'string', minLength: 1, maxLength: MAX_FAMILY_LENGTH });
