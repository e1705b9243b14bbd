import { z } from 'zod';

/** The tag by which a run and its parts are found again, on any server. */
export const RUN_KEY_TAG = 'run_key';
/** The tag that tells a run's parts apart. */
export const PART_TAG = 'part';
/** The tag of a model version that holds our version. */
export const VERSION_TAG = 'version';

const metricSchema = z.object({
  key: z.string(),
  value: z.number(),
  step: z.int(),
  /** Milliseconds since 1970. Fixed here, so that a metric sent twice is the same metric. */
  timestamp: z.int(),
});
export type Metric = z.infer<typeof metricSchema>;

/** A run of MLflow: a training run, or one window of it. */
export const runPartSchema = z.object({
  /** Its name among the parts of the run. */
  part: z.string(),
  name: z.string(),
  start_time: z.int(),
  end_time: z.int(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  metrics: z.array(metricSchema),
});
export type RunPart = z.infer<typeof runPartSchema>;

const trainingRecordSchema = z.object({
  schema_version: z.literal(1),
  kind: z.literal('training'),
  /** The model's version: no other run has it. Its letters need no escaping in a search. */
  key: z.string().regex(/^[A-Za-z0-9._-]+$/),
  run: runPartSchema,
  windows: z.array(runPartSchema),
  /** Paths of the run's files, joined by "/". */
  artifacts: z.array(z.string()),
  model: z.object({
    /** Folder among the files that holds the model. */
    folder: z.string(),
    description: z.string(),
    tags: z.record(z.string(), z.string()),
  }),
  /** When it went into service; null for a model that did not, or of which that is not known. */
  champion_since: z.iso.datetime().nullable(),
});
export type TrainingRecord = z.infer<typeof trainingRecordSchema>;

const championRecordSchema = z.object({
  schema_version: z.literal(1),
  kind: z.literal('champion'),
  /** The model that was put into service by hand. */
  key: z.string().regex(/^[A-Za-z0-9._-]+$/),
  champion_since: z.iso.datetime(),
});

/** What a tracking server is to be told, as it is kept on disk until it has been. */
export const trackingRecordSchema = z.discriminatedUnion('kind', [
  trainingRecordSchema,
  championRecordSchema,
]);
export type TrackingRecord = z.infer<typeof trackingRecordSchema>;
