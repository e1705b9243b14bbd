/**
 * `npm run tune`: a search for better parameters of the model, which may be interrupted.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { exitOnError } from './exit-on-error.ts';
import { loadDataset } from './load-dataset.ts';
import { PARAMETER_DEFAULTS } from './model-parameters.ts';
import { readParameters } from './read-parameters.ts';
import { createStepProgress } from './report/step-progress.ts';
import { searchParameters } from './tune/search-parameters.ts';
import { reportSearch } from './tune/search-report.ts';
import { readSearchSpace } from './tune/search-space.ts';
import { createTuneCommand, type TuneFlags } from './tune/tune-flags.ts';
import { findXgboost } from './xgboost/find-library.ts';

async function tune(flags: TuneFlags): Promise<void> {
  const startedAt = performance.now();
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const current = { ...PARAMETER_DEFAULTS, ...(await readParameters(flags.params)) };
  const space = await readSearchSpace(flags.space);
  const xgboost = await findXgboost(note);
  const progress = createStepProgress();
  const { dataset, notes } = await loadDataset(flags, toIsoDate(0), progress.report).finally(progress.stop);
  for (const text of notes) note(text);

  const { candidates, windows, holdout, seed, threads, state, out } = flags;
  const end = await searchParameters({
    ...{ dataset, xgboost, threads, current, space, candidates, windows, holdout, seed },
    statePath: state,
    onProgress: progress.report,
  }).finally(progress.stop);
  const report = reportSearch(end, out);
  if (report.parameters) {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(report.parameters, null, 1)}\n`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(
    `${report.text}\n${end.state.trials.length} fits of ${candidates} candidates, in ${seconds} s; state: ${state}\n`,
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(report.json)}\n`);
}

await exitOnError(createTuneCommand(tune).parseAsync());
