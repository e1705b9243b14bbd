import type {
  CheckInput,
  CheckName,
  DataCheck,
  DataChecks,
} from '../../../../../../workers/trainer/data/checks/data-check.ts';
import { runChecks } from '../../../../../../workers/trainer/data/checks/run-checks.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';

/** Sales without anything wrong: six stores with eight families each, a store's families side by side. */
export const synthetic = generateSyntheticDataset({ stores: 6, families: 8 }).dataset;
export const lastOf = ({ panel }: Dataset) => panel.firstDay + panel.dayCount - 1;

/** What every check finds of a history that the run of the next day learns from. */
export function check(
  history: Dataset,
  changes: Partial<CheckInput> = {},
  allowed: readonly CheckName[] = [],
): DataChecks {
  const input = {
    history,
    files: null,
    live: null,
    isReplayed: false,
    unusedArchive: [],
    previous: null,
    today: lastOf(history) + 1,
    ...changes,
  };
  return runChecks(input, allowed);
}

/** What one of them found. */
export function found(checks: DataChecks, name: CheckName): DataCheck {
  const check = checks.checks.find((candidate) => candidate.name === name);
  if (!check) throw new Error(`there is no check ${name}`);
  return check;
}

/** Checks that found something, `name severity`. */
export const alarms = ({ checks }: DataChecks) =>
  checks.filter(({ severity }) => severity !== 'info').map(({ name, severity }) => `${name} ${severity}`);

/** A copy of the synthetic dataset with other sales: `day` counts back from the last one, 0. */
export function changed(
  edit: (value: number, series: number, day: number) => number,
  dataset = synthetic,
): Dataset {
  const { panel } = dataset;
  const milliUnits = panel.milliUnits.map((value, i) =>
    edit(value, Math.floor(i / panel.dayCount), panel.dayCount - 1 - (i % panel.dayCount)),
  );
  return { ...dataset, panel: { ...panel, milliUnits } };
}
