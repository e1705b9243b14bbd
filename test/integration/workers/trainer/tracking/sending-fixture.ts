import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, readConfiguration } from '../../../../../workers/trainer/tracking/configuration.ts';
import type { TrackingRecord } from '../../../../../workers/trainer/tracking/record/tracking-record.ts';
import { sendSpool } from '../../../../../workers/trainer/tracking/send/send-spool.ts';
import { openSpool, type Spool } from '../../../../../workers/trainer/tracking/spool/spool.ts';
import { SAMPLE_FILES } from '../../../../support/tracking/sample-record.ts';

let names = 0;

/** Names of an experiment and of a registered model. */
export interface Names {
  readonly experiment: string;
  readonly model: string;
}

/** Names that no other test has. */
export function newNames(): Names {
  names++;
  return { experiment: `experiment ${names}`, model: `model-${names}` };
}

/** What a user sets to track runs. */
export function environmentOf(uri: string, { experiment, model }: Names, spool: string) {
  return {
    MLFLOW_TRACKING_URI: uri,
    MLFLOW_EXPERIMENT_NAME: experiment,
    MLFLOW_REGISTERED_MODEL_NAME: model,
    TRACKING_DIRECTORY: spool,
  };
}

export const newDirectory = () => mkdtemp(join(tmpdir(), 'tracking-'));

export async function newSpool(): Promise<Spool> {
  return openSpool(await newDirectory(), () => new Date());
}

/** @param at ISO date and time: the record's place in the order */
export function add(spool: Spool, record: TrackingRecord, at: string): Promise<string> {
  return spool.add(record, new Date(at), record.kind === 'training' ? SAMPLE_FILES : undefined);
}

/** Sends as a fresh process would, without waiting between tries. */
export async function send(
  spool: Spool,
  uri: string,
  targetNames: Names,
  environment: Readonly<Record<string, string>> = {},
) {
  const notes: string[] = [];
  const target = connect(
    readConfiguration({ ...environmentOf(uri, targetNames, spool.directory), ...environment }),
  );
  const connection = { ...target.connection, sleep: () => Promise.resolve() };
  const outcome = await sendSpool(
    spool,
    { ...target, connection },
    {
      now: () => new Date(),
      onProgress: () => undefined,
      onNote: (note) => notes.push(note),
    },
  );
  return { ...outcome, notes };
}
