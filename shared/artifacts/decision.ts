import { z } from 'zod';
import { isoDateSchema } from '../schemas/catalog.ts';

export const gateCheckSchema = z.object({
  name: z.enum([
    'baselines',
    'mean',
    'windows',
    'worst-window',
    'final-model',
    'plausible',
    'newer-days',
    'hold',
  ]),
  /** `warned`: it does not stop the model, but whoever runs the system should know. */
  outcome: z.enum(['passed', 'failed', 'tied', 'warned']),
  /** Figures and limit, in a sentence. */
  detail: z.string(),
});
export type GateCheck = z.infer<typeof gateCheckSchema>;

/** One window that champion and challenger have both forecast; errors are RMSLE. */
export const pairedWindowSchema = z.object({
  origin: isoDateSchema,
  challenger: z.number(),
  champion: z.number(),
  /**
   * Where the champion's error comes from: `recorded` in its own backtest on the same days, `stored`: the very model in
   * service, on days that it has not seen, `refitted`: a model by its recipe, fitted on the days before the window.
   */
  source: z.enum(['recorded', 'stored', 'refitted']),
});
export type PairedWindow = z.infer<typeof pairedWindowSchema>;

/** Why a model went into service, or did not; R2 `models/<version>/decisions/<time>.json`, never overwritten. */
export const decisionSchema = z.object({
  schema_version: z.literal(1),
  version: z.string(),
  decided_at: z.iso.datetime(),
  /** `forced`: by a person, against the gate. `manual`: by a person, without the gate. */
  by: z.enum(['gate', 'forced', 'manual']),
  /**
   * What was decided about this version; the pointer `publications/current.json` says what is in service. `rollback`: it is in
   * service again. `withdraw`: it was left by a rollback. `hold`, `release`: whether training runs may replace it.
   */
  action: z.enum(['promote', 'refuse', 'rollback', 'withdraw', 'hold', 'release']),
  /** The champion when it was decided; null without one. */
  champion: z.string().nullable(),
  reasons: z.array(z.string()).min(1),
  /** What the gate saw; null for a decision that was made without it. */
  evidence: z
    .object({
      /** The rules as they were: what is allowed now does not make an old decision unreadable. */
      rules: z.record(z.string(), z.number()),
      checks: z.array(gateCheckSchema),
      windows: z.array(pairedWindowSchema),
      /** Mean RMSLE over all windows, by contender. */
      means: z.record(z.string(), z.number()),
      /**
       * By what share the error may lie above that of the last model that really won, once this one is in service: what ties
       * in a row have lost. Decisions from before this was counted have none.
       */
      tied_loss: z.number().optional(),
      dataset: z.string(),
      /** Last day that the challenger has learned from. */
      last_day: isoDateSchema,
      /** Days by which the dataset's dates were moved forward. */
      shift_days: z.int(),
    })
    .nullable(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** @returns null for what is not a decision */
export function parseDecision(text: string | undefined): Decision | null {
  try {
    return decisionSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}
