import { createHash } from 'node:crypto';
import { readPointer } from '../../../shared/artifacts/current-publication.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { InvalidObjectError, parseObject } from '../../../shared/artifacts/parse-object.ts';
import type { Champion } from '../../../shared/artifacts/publication-pointer.ts';
import { manifestSchema } from '../../../shared/schemas/manifest.ts';
import { type DataChecks, dataChecksSchema } from '../data/checks/data-check.ts';
import { failedChecks } from '../data/checks/run-checks.ts';
import { championsSince } from '../publish/prune-models.ts';
import { MODEL_FOLDER, PART_TAG, RUN_KEY_TAG, type RunRecord, readRunRecord } from './run-record.ts';

/** A run to be logged. */
export interface StoredRun {
  readonly record: RunRecord;
  /** Its files by their paths. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether the run has left a model: one that was killed or stopped has not. */
  readonly isComplete: boolean;
}

/** The runs in a store, and the decisions about their models. */
export interface StoredRuns {
  /** Of every run with a record, oldest first. */
  readonly versions: readonly string[];
  /** The version in service; null for nothing. */
  readonly champion: Champion | null;
  /** Whether the model of a run is stored. */
  isComplete(version: string): boolean;
  /** Whether the model is in service, or can be rolled back to. */
  isNamed(version: string): boolean;
  /** @throws {InvalidObjectError} */
  readRecord(version: string): Promise<RunRecord>;
  /** @throws {InvalidObjectError} */
  read(version: string): Promise<StoredRun>;
}

export const SERVED_TAG = 'went_into_service';

type Store = Pick<ObjectStore, 'get' | 'listEntries'>;

/** @throws {RegistryError} `invalid-pointer` */
export async function openStoredRuns(store: Store): Promise<StoredRuns> {
  const entries = await store.listEntries(objectKeys.models);
  const keys = new Map(entries.map((entry) => [entry.key, entry]));
  const versions = [...keys.keys()]
    .flatMap((key) => {
      const version = key.slice(objectKeys.models.length).split('/')[0] ?? '';
      return key === objectKeys.runRecord(version) ? [version] : [];
    })
    .sort();
  const champion = (await readPointer(store))?.champion ?? null;
  const named = new Set(champion ? [champion, ...champion.previous].map(({ version }) => version) : []);
  let served: Promise<ReadonlySet<string>> | null = null;
  const servedBefore = () => {
    served ??= championsSince(store, entries, Number.NEGATIVE_INFINITY);
    return served;
  };
  const isComplete = (version: string) => keys.has(objectKeys.modelFile(version, 'manifest.json'));
  return {
    versions,
    champion,
    isComplete,
    isNamed: (version) => named.has(version),
    readRecord: (version) => readRunRecord(store, version),
    async read(version) {
      const record = await readRunRecord(store, version);
      const wasServed = named.has(version) || (await servedBefore()).has(version);
      const tags = { ...record.run.tags, [SERVED_TAG]: wasServed ? 'yes' : 'no' };
      return {
        record: { ...record, run: { ...record.run, tags } },
        files: await readFiles(store, record, [...keys.keys()]),
        isComplete: isComplete(version),
      };
    },
  };
}

/** The decisions and their reasons, the data checks, the backtest, and the model as MLflow loads it. */
async function readFiles(store: Store, { version, reports }: RunRecord, keys: readonly string[]) {
  const [decision] = keys.filter((key) => key.startsWith(objectKeys.decisions(version))).sort();
  const sources: readonly (readonly [string, string | undefined])[] = [
    ['manifest.json', objectKeys.modelFile(version, 'manifest.json')],
    ['decision.json', decision],
    ['data-checks.json', objectKeys.dataChecks(version)],
    [`${MODEL_FOLDER}/model.ubj`, objectKeys.modelFile(version, 'model.ubj')],
  ];
  const files = new Map<string, Uint8Array>(
    Object.entries(reports).map(([path, text]) => [path, Buffer.from(text)]),
  );
  for (const [path, key] of sources) {
    const bytes = key !== undefined && keys.includes(key) ? await (await store.get(key))?.bytes() : undefined;
    if (bytes) files.set(path, bytes);
  }
  const manifest = files.get('manifest.json');
  if (manifest) files.set(`${MODEL_FOLDER}/MLmodel`, Buffer.from(modelDescription(version, manifest)));
  return files;
}

/**
 * The file `MLmodel` next to a model, which tells MLflow how to load it: as XGBoost's own booster,
 * `mlflow.xgboost.load_model("models:/retail-demand-edge@champion")`. It is YAML, a superset of JSON.
 */
function modelDescription(version: string, manifest: Uint8Array): string {
  const key = objectKeys.modelFile(version, 'manifest.json');
  const { data, error } = manifestSchema.safeParse(parseObject(new TextDecoder().decode(manifest), key));
  if (!data) throw new InvalidObjectError(`${key} is not a manifest: train again`, { cause: error });
  const { created_at, training } = data;
  const description = {
    flavors: {
      xgboost: {
        data: 'model.ubj',
        model_class: 'xgboost.core.Booster',
        model_format: 'ubj',
        xgb_version: training.libraries.xgboost ?? null,
        code: null,
      },
    },
    utc_time_created: created_at.replace('T', ' ').replace('Z', ''),
  };
  return `${JSON.stringify(description, null, 1)}\n`;
}

/**
 * The last run, if its data checks stopped it: it has no model, only findings. The same findings are one run.
 *
 * @returns null if the last run continued
 */
export async function readStoppedRun(store: Store): Promise<StoredRun | null> {
  const key = objectKeys.lastDataChecks;
  const text = await (await store.get(key))?.text();
  const [entry] = await store.listEntries(key);
  if (text === undefined || !entry) return null;
  const { data: checks } = dataChecksSchema.safeParse(parseObject(text, key));
  const failed = checks ? failedChecks(checks) : [];
  if (!checks || failed.length === 0) return null;
  const version = `data-checks-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  return {
    record: describeStoppedRun(version, checks, failed, entry.modifiedAt.getTime()),
    files: new Map([['data-checks.json', Buffer.from(text)]]),
    isComplete: false,
  };
}

function describeStoppedRun(
  version: string,
  { dataset, last_date }: DataChecks,
  failed: ReturnType<typeof failedChecks>,
  at: number,
): RunRecord {
  const reasons = failed.map(({ name, finding }) => `- ${name}: ${finding}`).join('\n');
  const name = `data checks failed, data to ${last_date}`;
  return {
    schema_version: 1,
    version,
    run: {
      part: 'run',
      name,
      start_time: at,
      end_time: at,
      params: { dataset, last_day: last_date },
      tags: {
        dataset,
        last_day: last_date,
        failed_checks: failed.map((check) => check.name).join(),
        [RUN_KEY_TAG]: version,
        [PART_TAG]: 'run',
        'mlflow.runName': name,
        'mlflow.note.content': `Data checks failed; no model was trained:\n\n${reasons}`,
      },
      metrics: [{ key: 'failed_checks', value: failed.length, step: 0, timestamp: at }],
    },
    windows: [],
    model: { description: '', tags: {} },
    reports: {},
  };
}
