import { type DayNumber, type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { ReadPointer } from '../../../shared/models/champion-pointer.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { readDecisions, verifyStored } from '../../../shared/models/registry.ts';
import { RegistryError } from '../../../shared/models/registry-error.ts';
import type { FeatureContract } from '../../../shared/models/verify-model.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { compareDatasets } from './same-dataset.ts';

/** The champion that a challenger is compared with. */
export interface Rival {
  readonly manifest: Manifest;
  readonly packed: Uint8Array;
  /**
   * Days by which the dataset has been moved on (time travel) since the champion was made; null for a champion without
   * a decision of the gate, of which it is not known.
   */
  readonly movedDays: number | null;
  /** The last day that it has learned from, in the dates of the dataset as it is now. */
  readonly lastDay: DayNumber;
  /** The first origin of its backtest, in the same dates: with its first window all others but the last are in line. */
  readonly firstOrigin: DayNumber | null;
  /** What the ties have lost by which it went into service, as a share; 0 for one that won, or that a person chose. */
  readonly tiedLoss: number;
}

/** Who is in service, and whether a comparison with it means anything. */
export type Opponent =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'incomparable';
      readonly version: string;
      readonly reason: string;
      readonly isOfOtherDataset: boolean;
      /** Whether this build can go on serving it, such as it is. */
      readonly canServe: boolean;
    }
  | {
      readonly kind: 'rival';
      readonly version: string;
      readonly rival: Rival;
      /** How it is known that a dataset of another name is the champion's; null where the name is the same. */
      readonly renamed: string | null;
    };

/** Whether there is a champion that this build can go on serving. */
export function canServe(opponent: Opponent): boolean {
  return opponent.kind === 'rival' || (opponent.kind === 'incomparable' && opponent.canServe);
}

/**
 * Reads the champion. One that this build cannot serve, whose files are damaged, that was made for another dataset, or
 * that knows the days ahead is no rival: to go on serving it is no choice.
 *
 * @param dataset ends with the last closed day
 */
export async function readOpponent(
  store: Pick<ObjectStore, 'get' | 'list'>,
  pointer: ReadPointer | null,
  dataset: Dataset,
  contract: FeatureContract,
): Promise<Opponent> {
  if (!pointer) return { kind: 'none' };
  const { version } = pointer.champion;
  const incomparable = (reason: string, facts: { isOfOtherDataset?: true; canServe?: false } = {}) =>
    ({ kind: 'incomparable', version, reason, isOfOtherDataset: false, canServe: true, ...facts }) as const;
  let manifest: Manifest;
  try {
    manifest = await verifyStored(store, version, contract);
  } catch (error) {
    if (error instanceof RegistryError) return incomparable(error.message, { canServe: false });
    throw error;
  }
  const { training } = manifest;
  const packed = await (await store.get(objectKeys.modelFile(version, 'model.packed')))?.bytes();
  if (!packed) return incomparable(`champion ${version} has been deleted meanwhile`, { canServe: false });
  const judged = (await readDecisions(store, version)).findLast((decision) => decision.evidence);
  const evidence = judged?.evidence;
  const movedDays = evidence ? dataset.shiftDays - evidence.shift_days : null;
  const { isSame, because } = await compareDatasets(manifest, dataset, movedDays ?? 0);
  if (!isSame) {
    const reason = `champion ${version} is of another dataset ("${training.dataset}"): ${because}`;
    return incomparable(reason, { isOfOtherDataset: true });
  }
  const dayNow = (date: IsoDate) => toDayNumber(date) + (movedDays ?? 0);
  const [first] = manifest.backtest.windows;
  const lastClosed = dataset.panel.firstDay + dataset.panel.dayCount - 1;
  if (dayNow(training.last_day) > lastClosed) {
    return incomparable(
      `champion ${version} has learned from days up to ${toIsoDate(dayNow(training.last_day))}, ` +
        `which lie ahead: the history ends on ${toIsoDate(lastClosed)}`,
    );
  }
  return {
    kind: 'rival',
    version,
    renamed:
      training.dataset === dataset.name
        ? null
        : `"${dataset.name}" is the dataset of champion ${version} ("${training.dataset}"): ${because}`,
    rival: {
      manifest,
      packed,
      movedDays,
      lastDay: dayNow(training.last_day),
      firstOrigin: first ? dayNow(first.origin) : null,
      tiedLoss: judged?.action === 'promote' && judged.by === 'gate' ? (evidence?.tied_loss ?? 0) : 0,
    },
  };
}
