import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { Champion } from '../../../shared/artifacts/publication-pointer.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { Target } from './configuration.ts';
import { DUPLICATE_TAG, type LogContext, logRun, MODEL_VERSION_TAG, registerVersion } from './log-run.ts';
import { MlflowError } from './mlflow/mlflow-error.ts';
import { deleteAlias, findModelVersion, findRegisteredModel, setAlias } from './mlflow/registry.ts';
import { ensureExperiment, findExperiment, findRuns, type KnownRun, setTag } from './mlflow/runs.ts';
import { PART_TAG, RUN_KEY_TAG, type RunRecord, VERSION_TAG } from './run-record.ts';
import {
  openStoredRuns,
  readStoppedRun,
  SERVED_TAG,
  type StoredRun,
  type StoredRuns,
} from './stored-runs.ts';

/** The result of logging what the server lacked. */
export interface TrackingOutcome {
  /** Runs that were missing or incomplete and are complete now. */
  readonly logged: readonly string[];
  /** Runs that are still missing or incomplete, and why. */
  readonly left: readonly { readonly run: string; readonly reason: string }[];
}

interface TrackingContext {
  readonly onProgress: (done: number, total: number) => void;
  readonly onNote: (note: string) => void;
}

type Store = Pick<ObjectStore, 'get' | 'listEntries'>;

/**
 * Compares the runs in a store with those on an MLflow server, and logs what is missing there, oldest first: runs,
 * model versions, promotions, the champion. A run that cannot be read, or that the server refuses or fails at, is
 * skipped; if the server does not respond at all, the rest is left. The next call finds whatever is left.
 *
 * @throws {MlflowError} if the server cannot be queried
 */
export async function logMissing(
  store: Store,
  target: Target,
  { onProgress, onNote }: TrackingContext,
): Promise<TrackingOutcome> {
  const { connection } = target;
  const stored = await openStoredRuns(store);
  const experimentId = await ensureExperiment(connection, target.experiment);
  const known = await findParents(target, experimentId, stored);
  const registry = createRegistry({ target, experimentId, onNote });
  const context = { target, experimentId, onNote };
  const stopped = await readStoppedRun(store);
  const runs = stored.versions.map((version) => ({
    version,
    isMissing: isMissing(known, stored, version),
    log: () => logVersion(context, stored, version, known.get(version) ?? null, registry),
  }));
  if (stopped) {
    const { version } = stopped.record;
    runs.push({ version, isMissing: !known.has(version), log: () => logStopped(context, stopped) });
  }
  const logged: string[] = [];
  const left: { run: string; reason: string }[] = [];
  let obstacle: string | null = null;
  for (const [i, { version, isMissing, log }] of runs.entries()) {
    onProgress(i, runs.length);
    if (obstacle !== null) {
      if (isMissing) left.push({ run: version, reason: obstacle });
      continue;
    }
    try {
      if (await log()) logged.push(version);
    } catch (error) {
      // Whatever the failure, later runs must be logged.
      left.push({ run: version, reason: messageOf(error) });
      if (error instanceof MlflowError && error.concernsServer) obstacle = await findObstacle(target);
    }
  }
  onProgress(runs.length, runs.length);
  if (obstacle === null && stored.champion) await registry.agreeOnChampion(stored.champion);
  return { logged, left };
}

/**
 * The versions with something missing on an MLflow server, oldest first.
 *
 * @throws {MlflowError}
 */
export async function listMissing(store: Store, target: Target): Promise<string[]> {
  const stored = await openStoredRuns(store);
  const experimentId = await findExperiment(target.connection, target.experiment);
  if (experimentId === null) return [...stored.versions];
  const known = await findParents(target, experimentId, stored);
  return stored.versions.filter((version) => isMissing(known, stored, version));
}

/** Runs of other stores, and of pruned models, may be as new as those of this store. */
const OTHER_RUNS = 50;

/**
 * The server's runs by our version: its newest are fetched at once, others searched by name. Of a run that was deleted
 * and logged again, the second counts.
 */
async function findParents(
  { connection }: Target,
  experimentId: string,
  { versions }: StoredRuns,
): Promise<Map<string, KnownRun>> {
  const known = new Map<string, KnownRun>();
  const note = (runs: readonly KnownRun[]) => {
    for (const run of runs) {
      const { [RUN_KEY_TAG]: version = '', [PART_TAG]: part, [DUPLICATE_TAG]: duplicate } = run.tags;
      const isFirst = known.get(version)?.isDeleted ?? true;
      if (part === 'run' && duplicate === undefined && isFirst) known.set(version, run);
    }
  };
  const limit = versions.length + OTHER_RUNS;
  note(await findRuns(connection, experimentId, { key: PART_TAG, value: 'run' }, limit));
  for (const version of versions) {
    if (known.has(version)) continue;
    note(await findRuns(connection, experimentId, { key: RUN_KEY_TAG, value: version }));
  }
  return known;
}

function isMissing(known: ReadonlyMap<string, KnownRun>, stored: StoredRuns, version: string): boolean {
  const run = known.get(version);
  if (!run) return true;
  return !run.isDeleted && !(isLogged(run, stored, version) && isRegistered(run, stored, version));
}

function isLogged({ status }: KnownRun, stored: StoredRuns, version: string): boolean {
  return status === 'FINISHED' || (status === 'FAILED' && !stored.isComplete(version));
}

function isRegistered({ tags }: KnownRun, stored: StoredRuns, version: string): boolean {
  return tags[MODEL_VERSION_TAG] !== undefined || !stored.isComplete(version);
}

/** @returns whether something was missing */
async function logVersion(
  context: LogContext,
  stored: StoredRuns,
  version: string,
  before: KnownRun | null,
  registry: Registry,
): Promise<boolean> {
  if (before?.isDeleted) return false;
  if (before && isLogged(before, stored, version)) {
    if (stored.isNamed(version) && before.tags[SERVED_TAG] !== 'yes') {
      await setTag(context.target.connection, before.runId, SERVED_TAG, 'yes');
    }
    if (isRegistered(before, stored, version)) return false;
    return registry.register(await stored.readRecord(version), before);
  }
  const run = await stored.read(version);
  const logged = await logRun(context, run);
  if (!logged) return false;
  const { parent, wasMissing } = logged;
  if (isRegistered(parent, stored, version)) return wasMissing;
  return (await registry.register(run.record, parent)) || wasMissing;
}

async function logStopped(context: LogContext, stopped: StoredRun): Promise<boolean> {
  return (await logRun(context, stopped))?.wasMissing ?? false;
}

interface Registry {
  /** @returns false if the server has no registry @throws {MlflowError} */
  register(record: RunRecord, run: KnownRun): Promise<boolean>;
  /** Points the alias `champion` to the model in service. */
  agreeOnChampion(champion: Pick<Champion, 'version'>): Promise<void>;
}

const CHAMPION = 'champion';

/** The server's model registry. If there is none, a single note says so, and everything else is logged. */
function createRegistry(context: LogContext): Registry {
  const { target, onNote } = context;
  const { connection, model } = target;
  let isMissing = false;
  return {
    async register(record, run) {
      if (isMissing) return false;
      try {
        await registerVersion(context, record, run);
        return true;
      } catch (error) {
        if (!(error instanceof MlflowError) || error.kind !== 'unsupported') throw error;
        isMissing = true;
        onNote(`MLflow: no model registry there, so versions and champion are left out (${error.message}).`);
        return false;
      }
    },
    async agreeOnChampion({ version }) {
      if (isMissing) return;
      try {
        const registered = await findRegisteredModel(connection, model);
        if (!registered) return;
        const number = await findModelVersion(connection, model, { key: VERSION_TAG, value: version });
        const text = registered.aliases[CHAMPION] ?? null;
        if (number === text) return;
        if (number !== null) return await setAlias(connection, model, CHAMPION, number);
        await deleteAlias(connection, model, CHAMPION);
        onNote(`MLflow: ${version} is in service, but was never logged there: no version is champion.`);
      } catch (error) {
        if (!(error instanceof MlflowError)) throw error;
        if (error.kind === 'unsupported') return;
        onNote(
          `MLflow: whether the alias champion points to the model in service is unknown (${error.message}).`,
        );
      }
    },
  };
}

/**
 * Sends one request that concerns no run: a run at which a server fails must not hold up the others for good.
 *
 * @returns why nothing can be logged; null if the server responds
 */
async function findObstacle({ connection, experiment }: Target): Promise<string | null> {
  try {
    await findExperiment({ ...connection, tries: 1 }, experiment);
    return null;
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    return error.concernsServer ? error.message : null;
  }
}
