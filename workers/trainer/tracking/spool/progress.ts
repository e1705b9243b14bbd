import { z } from 'zod';

/** How far an entry of the spool has been sent. */
export const progressSchema = z.object({
  /** Where to: address, experiment and model. For another target it begins anew. */
  target: z.string(),
  experiment_id: z.string().nullable(),
  /** Part to the run that the server has made for it. */
  runs: z.record(z.string(), z.object({ run_id: z.string(), artifact_uri: z.string() })),
  /** Steps that need not be done again. */
  done: z.array(z.string()),
});
export type Progress = z.infer<typeof progressSchema>;

export function noProgress(target: string): Progress {
  return { target, experiment_id: null, runs: {}, done: [] };
}
