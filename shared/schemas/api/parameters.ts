/**
 * Query parameters shared by several operations. The wire carries text: each schema takes a string and gives the
 * checked value, and its messages say how to put a wrong one right.
 *
 * @module
 */
import { z } from 'zod';
import { familySchema } from '../series.ts';

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

const familyFix = 'write a family of GET /v1/catalog, percent-encoded, for example GROCERY%20I';

export const seriesParameters = {
  store_nbr: integerParameter({
    min: 1,
    max: 99_999,
    example: 44,
    description: 'Store number, as GET /v1/catalog lists it.',
  }),
  family: z
    .string({ error: missingOrRepeated(familyFix) })
    .min(1, `is empty: ${familyFix}`)
    .max(80, `is longer than 80 characters: ${familyFix}`)
    .pipe(familySchema)
    .meta({
      type: 'string',
      minLength: 1,
      maxLength: 80,
      example: 'GROCERY I',
      description: 'Product family, spelled as GET /v1/catalog lists it.',
    }),
};

export const seriesQuerySchema = z.object(seriesParameters);
