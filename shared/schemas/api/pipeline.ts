import { z } from 'zod';
import { isoDateSchema } from '../catalog.ts';
import { freshnessFields } from './freshness.ts';
import { componentStateSchema } from './health.ts';

/** One run of a scheduled process. */
export const pipelineRunSchema = z
  .object({
    scheduled_at: z.iso.datetime().meta({ description: 'The tick that the run was for.' }),
    finished_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When it ended; null for a run of an earlier version.' }),
    outcome: z.enum(['ok', 'failed']),
    detail: z
      .string()
      .meta({ description: 'The outcome in one word (`produced`, `idle`), or why it failed.' }),
    counts: z.record(z.string(), z.number()).meta({ description: 'What the run counted: entries, rows.' }),
  })
  .meta({ id: 'PipelineRun' });

/** How far one partition of the stream is counted. */
const partitionSchema = z
  .object({
    partition: z.int().min(0),
    answers: z.boolean().meta({ description: 'False: its store cannot be reached.' }),
    watermark: z.string().nullable(),
    newest_entry: z.string().nullable(),
    identity: z.string().nullable().meta({
      description: 'Which store it is; another one in its place has another. Null before it is opened.',
    }),
    waiting_entries: z.int().min(0).nullable(),
    waiting_rows: z.int().min(0).nullable(),
    lag_ms: z.int().min(0).nullable(),
  })
  .meta({ id: 'StreamPartition' });

/** Body of GET /v1/pipeline. */
export const pipelineBodySchema = z
  .object({
    ...freshnessFields,
    as_of: freshnessFields.as_of.nullable().meta({
      description: 'End of the last five minutes that are counted, UTC; null until a history is opened.',
    }),
    newest_entry: z.string().nullable().meta({ description: 'Newest entry of the stream.' }),
    waiting_entries: z.int().min(0).meta({ description: 'Entries after the watermark.' }),
    waiting_rows: z.int().min(0).meta({ description: 'Transactions in the waiting entries.' }),
    oldest_waiting_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Instant of the oldest waiting entry; null when nothing waits.' }),
    lag_ms: z.int().min(0).meta({
      description:
        'Age of the oldest waiting entry, of the partition that lags the most; 0 when nothing waits.',
    }),
    dead_letters: z.int().min(0),
    partitions: z
      .array(partitionSchema)
      .meta({ description: 'The partitions of the stream; one unless the deployment divides it.' }),
    live_from: isoDateSchema.nullable(),
    compacted_through: isoDateSchema.nullable().meta({
      description: 'Last day that every packed history includes; null until the import is complete.',
    }),
    history_import: z.object({
      stores_imported: z.int().min(0),
      stores_total: z.int().min(0).nullable().meta({ description: 'null while there is no catalog.' }),
      complete: z.boolean(),
    }),
    findings: z
      .array(componentStateSchema)
      .meta({ description: 'What is wrong with the pipeline, as in GET /v1/health; empty when nothing is.' }),
    runs: z
      .record(z.string(), z.array(pipelineRunSchema))
      .meta({ description: 'Last runs by process (`producer`, `aggregator`), newest first.' }),
  })
  .meta({
    id: 'Pipeline',
    example: {
      as_of: '2026-11-22T19:35:00.000Z',
      watermark: '1795376100000-0',
      newest_entry: '1795376100000-0',
      waiting_entries: 0,
      waiting_rows: 0,
      oldest_waiting_at: null,
      lag_ms: 0,
      dead_letters: 3,
      partitions: [
        {
          partition: 0,
          answers: true,
          watermark: '1795376100000-0',
          newest_entry: '1795376100000-0',
          identity: '5f0c2a9e',
          waiting_entries: 0,
          waiting_rows: 0,
          lag_ms: 0,
        },
      ],
      live_from: '2026-11-16',
      compacted_through: '2026-11-20',
      history_import: { stores_imported: 54, stores_total: 54, complete: true },
      findings: [],
      runs: {
        producer: [
          {
            scheduled_at: '2026-11-22T19:35:00.000Z',
            finished_at: '2026-11-22T19:35:01.250Z',
            outcome: 'ok',
            detail: 'produced',
            counts: { entries: 1, transactions: 50 },
          },
        ],
        aggregator: [],
      },
    },
  });
export type PipelineBody = z.infer<typeof pipelineBodySchema>;
