import { z } from 'zod';

/** Quantities leave the API in units with up to three decimals; inside they are whole thousandths. */
export const unitsSchema = z.number().min(0);

/**
 * Up to where an answer counts the stream. `as_of` is an instant of the business clock: the end of the last committed
 * five minutes, or the start of the first live day while nothing has been committed.
 */
export const freshnessFields = {
  as_of: z.iso.datetime().meta({
    description: 'End of the last five minutes that are counted, UTC.',
    example: '2026-11-22T19:35:00.000Z',
  }),
  watermark: z
    .string()
    .nullable()
    .meta({ description: 'Last committed stream entry, null before the first.', example: '1795376100000-0' }),
};
