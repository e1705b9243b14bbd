/**
 * Query parameters shared by several operations. The wire carries text: each schema takes a string and gives the
 * checked value, and its messages say how to put a wrong one right.
 *
 * @module
 */
import { z } from 'zod';
import {
  describeBadFamily,
  describeBadStoreNbr,
  MAX_FAMILY_LENGTH,
  MAX_STORE_NBR_LENGTH,
  readFamily,
  readStoreNbr,
} from '../series.ts';

interface IntegerRange {
  readonly min: number;
  readonly max: number;
  readonly example: number;
  readonly description: string;
}

/** Anything but a text was either left out or given several times, which the query parser makes a list of. */
function missingOrRepeated(fix: string) {
  return ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is required: ${fix}` : `is given more than once: ${fix}`;
}

/** A whole number in decimal digits within a range. */
function integerParameter({ min, max, example, description }: IntegerRange) {
  const fix = `write a whole number from ${min} to ${max}, for example ${example}`;
  return z
    .string({ error: missingOrRepeated(fix) })
    .regex(/^\d{1,9}$/, `is not a whole number: ${fix}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is out of range: ${fix}`)
    .meta({ type: 'integer', minimum: min, maximum: max, example, description });
}

/** An integer parameter that may be left out. */
export function optionalIntegerParameter(range: IntegerRange & { readonly fallback: number }) {
  return integerParameter(range)
    .optional()
    .transform((value) => value ?? range.fallback)
    .meta({
      type: 'integer',
      minimum: range.min,
      maximum: range.max,
      default: range.fallback,
      example: range.example,
      description: range.description,
    });
}

interface NameRules {
  readonly read: (text: string) => string | null;
  /** Of a text that cannot be read. */
  readonly describe: (text: string) => string | null;
  readonly fix: string;
  readonly maxLength: number;
  readonly example: string;
  readonly description: string;
}

/** A store or a family. */
function nameParameter({ read, describe, fix, maxLength, example, description }: NameRules) {
  return z
    .string({ error: missingOrRepeated(fix) })
    .transform((text, context) => {
      const name = read(text);
      if (name !== null) return name;
      context.issues.push({ code: 'custom', input: text, message: `${describe(text)}: ${fix}` });
      return z.NEVER;
    })
    .meta({ type: 'string', minLength: 1, maxLength, example, description });
}

export const seriesParameters = {
  store_nbr: nameParameter({
    read: readStoreNbr,
    describe: describeBadStoreNbr,
    fix: 'write a store of GET /v1/catalog, percent-encoded, for example 44',
    maxLength: MAX_STORE_NBR_LENGTH,
    example: '44',
    description: 'Store, spelled as GET /v1/catalog lists it, leading zeros included.',
  }),
  family: nameParameter({
    read: readFamily,
    describe: describeBadFamily,
    fix: 'write a family of GET /v1/catalog, percent-encoded, for example GROCERY%20I',
    maxLength: MAX_FAMILY_LENGTH,
    example: 'GROCERY I',
    description: 'Product family, spelled as GET /v1/catalog lists it.',
  }),
};

const FORMATS = ['json', 'csv'] as const;
export type TableFormat = (typeof FORMATS)[number];

const FORMAT_FIX = 'write csv or json, or leave it out and ask by the Accept header';

/** Of operations whose answer is a table. */
export const formatParameter = {
  format: z
    .enum(FORMATS, {
      error: ({ input }) =>
        Array.isArray(input) ? `is given more than once: ${FORMAT_FIX}` : `is not a format: ${FORMAT_FIX}`,
    })
    .optional()
    .meta({
      description:
        'The format of the answer; without it the Accept header decides, `text/csv` or `application/json`.',
      example: 'json',
    }),
};
