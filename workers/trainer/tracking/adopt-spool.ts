import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { ifAbsent } from '../data/absent-file.ts';
import type { Environment } from '../data/notes.ts';
import { runPartSchema } from './mlflow/runs.ts';
import { storeRunRecord } from './run-record.ts';

/** Where earlier releases kept what they had not sent. */
export const DEFAULT_SPOOL_DIRECTORY = '.data/tracking';

const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('training'),
    key: z.string().regex(/^[A-Za-z0-9._-]+$/),
    run: runPartSchema,
    windows: z.array(runPartSchema),
    model: z.object({ description: z.string(), tags: z.record(z.string(), z.string()) }),
  }),
  z.object({ kind: z.literal('champion'), key: z.string() }),
]);

/** `<time>-<version>`, a folder for each pending run. */
const ENTRY = /^\d{8}T\d{9}Z-/;
const REPORTS = ['backtest.json', 'backtest.html'];

/**
 * Takes over the runs that an earlier release could not send, each in its own folder on disk: their records move to the
 * store that holds their models, from which missing runs are logged, and the folder is removed. A run whose model is
 * not in the store stays in place, with a note. Never fails.
 */
export async function adoptSpool(
  store: Pick<ObjectStore, 'get' | 'put'>,
  environment: Environment,
  onNote: (note: string) => void,
): Promise<void> {
  const directory = environment.TRACKING_DIRECTORY || DEFAULT_SPOOL_DIRECTORY;
  const names = await readdir(directory)
    .catch(ifAbsent([]))
    .catch((error: unknown) => {
      onNote(`MLflow: what earlier releases kept in ${directory} cannot be read (${messageOf(error)}).`);
      return [];
    });
  for (const name of names.filter((name) => ENTRY.test(name) && !name.endsWith('.partial')).sort()) {
    const folder = join(directory, name);
    try {
      await adopt(store, folder);
      await rm(folder, { recursive: true });
    } catch (error) {
      onNote(
        `MLflow: the run that an earlier release kept in ${folder} is not taken over (${messageOf(error)}); ` +
          'npm run tracking -- --in WHERE takes it over from the store of its model; delete the folder to abandon it.',
      );
    }
  }
}

async function adopt(store: Pick<ObjectStore, 'get' | 'put'>, folder: string): Promise<void> {
  const entry = entrySchema.parse(JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')));
  // The store says which model is champion.
  if (entry.kind === 'champion') return;
  const { key: version, run, windows, model } = entry;
  if (await store.get(objectKeys.runRecord(version))) return;
  const manifest = objectKeys.modelFile(version, 'manifest.json');
  if (!(await store.get(manifest))) throw new Error(`${manifest} is missing`);
  const reports: Record<string, string> = {};
  for (const path of REPORTS) {
    const text = await readFile(join(folder, 'files', path), 'utf8').catch(ifAbsent(null));
    if (text !== null) reports[path] = text;
  }
  await storeRunRecord(store, { schema_version: 1, version, run, windows, model, reports });
}
