import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const resourceSchema = z.enum([
  'redis_commands',
  'redis_traffic_bytes',
  'redis_storage_bytes',
  'worker_requests',
  'object_requests',
  'object_rows_read',
  'object_rows_written',
  'r2_writes',
  'r2_reads',
  'r2_storage_bytes',
]);
export type Resource = z.infer<typeof resourceSchema>;

const limitSchema = z.object({
  resource: resourceSchema,
  what: z.string(),
  source: z.string(),
  /** The period of the free amount; held amounts have none. */
  per: z.enum(['day', 'month', 'held']),
  free: z.number().positive(),
  /** The plan after the free one. */
  next: z.string(),
  /** Dollars there for each `per` units beyond those included in a month. */
  price: z.object({
    usd: z.number().nonnegative(),
    per: z.number().positive(),
    included: z.number().nonnegative(),
  }),
});
export type Limit = z.infer<typeof limitSchema>;

const plansSchema = z.object({
  /** The date of the figures. */
  read_on: z.iso.date(),
  note: z.string(),
  sources: z.record(z.string(), z.url()),
  limits: z.array(limitSchema),
});
export type Plans = z.infer<typeof plansSchema>;

/** The providers' limits and prices, from the one file that contains them. */
export async function readPlans(): Promise<Plans> {
  return plansSchema.parse(JSON.parse(await readFile(new URL('./plans.json', import.meta.url), 'utf8')));
}
