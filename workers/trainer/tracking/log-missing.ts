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

/** What became of what the server lacked. */
export interface TrackingOutcome {
  /** Runs that have arrived, or of which something was missing. */
  readonly logged: readonly string[];
  /** What is still missing, and why. */
  readonly left: readonly { readonly run: string; readonly reason: string }[];
}

interface TrackingContext {
  readonly onProgress: (done: number, total: number) => void;
  readonly onNote: (note: string) => void;
}

type Store = Pick<ObjectStore, 'get' | 'listEntries'>;

/**
 * Compares the runs that a store holds with those that an MLflow server has, and logs what is missing there, oldest first:
 * runs, model versions, what went into service, the champion. A run that cannot be read, or that the server refuses or
 * fails at, is passed over; when the server does not answer at all, the rest waits. Whatever is left is found missing the
 * next time.
 *
 * @throws {MlflowError} when the server cannot be asked what it has
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
      // Whatever it is, it must not hold up the runs after this one.
      left.push({ run: version, reason: messageOf(error) });
      if (error instanceof MlflowError && error.concernsServer) obstacle = await findObstacle(target);
    }
  }
  onProgress(runs.length, runs.length);
  if (obstacle === null && stored.champion) await registry.agreeOnChampion(stored.champion);
  return { logged, left };
}

/**
 * The versions of which something is missing on an MLflow server, oldest first.
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

/** Runs of other stores, and of models that have been pruned, may be as new as those of this store. */
const OTHER_RUNS = 50;

/**
 * The runs that the server has, by our version: its newest are asked for at once, and what is not among them by name. Of a
 * run that was deleted and logged again, the second counts.
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
  /** @returns false where the server has no registry @throws {MlflowError} */
  register(record: RunRecord, run: KnownRun): Promise<boolean>;
  /** Makes the alias `champion` mean what is in service. */
  agreeOnChampion(champion: Pick<Champion, 'version'>): Promise<void>;
}

const CHAMPION = 'champion';

/** The server's model registry. One that has none is told about in a note, once, and the rest goes on. */
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
 * Asks for what concerns no run, once: a run that a server fails at must not hold up the others for good.
 *
 * @returns why nothing can be logged; null where the server answers
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
