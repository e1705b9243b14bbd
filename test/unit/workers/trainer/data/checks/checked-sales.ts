import type {
  CheckInput,
  CheckName,
  DataCheck,
  DataChecks,
} from '../../../../../../workers/trainer/data/checks/data-check.ts';
import { runChecks } from '../../../../../../workers/trainer/data/checks/run-checks.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { generateSyntheticDataset } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';

/** Sales without any fault: six stores with eight families each, ordered by store. */
export const synthetic = generateSyntheticDataset({ stores: 6, families: 8 }).dataset;
export const lastOf = ({ panel }: Dataset) => panel.firstDay + panel.dayCount - 1;

/** The findings of every check in a run on the day after the history. */
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

/** The finding of one check. */
export function found(checks: DataChecks, name: CheckName): DataCheck {
  const check = checks.checks.find((candidate) => candidate.name === name);
  if (!check) throw new Error(`there is no check ${name}`);
  return check;
}

/** Checks with a warning or failure, as `name severity`. */
export const alarms = ({ checks }: DataChecks) =>
  checks.filter(({ severity }) => severity !== 'info').map(({ name, severity }) => `${name} ${severity}`);

/** A copy of the synthetic dataset with changed sales; `day` counts back from the last day, which is 0. */
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
