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
  /** `warned`: does not stop the model, but operators should know. */
  outcome: z.enum(['passed', 'failed', 'tied', 'warned']),
  /** Figures and limit, in a sentence. */
  detail: z.string(),
});
export type GateCheck = z.infer<typeof gateCheckSchema>;

/** One window that both champion and challenger have forecast; errors are RMSLE. */
export const pairedWindowSchema = z.object({
  origin: isoDateSchema,
  challenger: z.number(),
  champion: z.number(),
  /**
   * Where the champion's error comes from. `recorded`: its own backtest on the same days. `stored`: the model in
   * service itself, on days that it was not trained on. `refitted`: a model of its recipe, fitted on the days before
   * the window.
   */
  source: z.enum(['recorded', 'stored', 'refitted']),
});
export type PairedWindow = z.infer<typeof pairedWindowSchema>;

/** Why a model went into service or did not; R2 `models/<version>/decisions/<time>.json`, never overwritten. */
export const decisionSchema = z.object({
  schema_version: z.literal(1),
  version: z.string(),
  decided_at: z.iso.datetime(),
  /** `forced`: by a person, against the gate. `manual`: by a person, without the gate. */
  by: z.enum(['gate', 'forced', 'manual']),
  /**
   * What was decided about this version; the pointer `publications/current.json` says what is in service. `rollback`:
   * this version is in service again. `withdraw`: a rollback replaced it. `hold`, `release`: whether training runs may
   * replace it.
   */
  action: z.enum(['promote', 'refuse', 'rollback', 'withdraw', 'hold', 'release']),
  /** The champion at the time of the decision; null without one. */
  champion: z.string().nullable(),
  reasons: z.array(z.string()).min(1),
  /** What the gate compared; null for a decision made without it. */
  evidence: z
    .object({
      /** The rules at the time. Later rules do not make an old decision unreadable. */
      rules: z.record(z.string(), z.number()),
      checks: z.array(gateCheckSchema),
      windows: z.array(pairedWindowSchema),
      /** Mean RMSLE over all windows, by contender. */
      means: z.record(z.string(), z.number()),
      /**
       * The share by which the error of this model may exceed that of the last model that clearly won: what consecutive
       * ties have lost. Absent in decisions made before this was recorded.
       */
      tied_loss: z.number().optional(),
      dataset: z.string(),
      /** Last day that the challenger was trained on. */
      last_day: isoDateSchema,
      /** Days by which the dataset's dates were moved forward. */
      shift_days: z.int(),
    })
    .nullable(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** @returns null if it is not a decision */
export function parseDecision(text: string | undefined): Decision | null {
  try {
    return decisionSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}
