import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import { trainingOptionsOf } from '../../workers/trainer/cli/training-flags.ts';
import { loadDataset } from '../../workers/trainer/data/import/load-dataset.ts';
import { createStepProgress } from '../../workers/trainer/data/progress.ts';
import { limitWindows } from '../../workers/trainer/evaluate/windows.ts';
import { findXgboost } from '../../workers/trainer/model/xgboost/find-library.ts';
import { comparePeers } from './peers/compare-peers.ts';
import { comparisonJson, comparisonNotes, comparisonTable } from './peers/comparison-report.ts';
import { createPeersCommand, type PeersFlags } from './peers/peers-command.ts';
import { openPeersPython, PEER_PACKAGES } from './peers/python.ts';

/** `npm run bench -- peers --dataset DIR`: our forecasts and those of other models on the same windows and points. */
export async function run(args: readonly string[]): Promise<void> {
  // A waiting thread of XGBoost must not count as CPU time; read when the library is opened.
  process.env.OMP_WAIT_POLICY ??= 'passive';
  await createPeersCommand((flags) => compare(flags, args)).parseAsync([...args], { from: 'user' });
}

async function compare(flags: PeersFlags, args: readonly string[]): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say('packages of the peers');
  const python = await openPeersPython();
  const progress = createStepProgress();
  const asked = await trainingOptionsOf(flags);
  const { dataset, notes } = await loadDataset(flags, toIsoDate(0), progress.report);
  for (const note of notes) say(note);
  const options = { ...asked, windows: limitWindows(dataset.panel, asked.windows, 'scores', say) };
  const xgboost = await findXgboost(say);
  const comparison = await comparePeers({
    ...{ dataset, options, xgboost, python, sample: flags.sample, onProgress: progress.report },
    onStep(step) {
      progress.stop();
      say(step);
    },
  }).finally(progress.stop);

  const { seed } = options;
  const report = `${comparisonTable(comparison)}\n\n${comparisonNotes(comparison, seed)}\n`;
  process.stdout.write(report);
  if (flags.out !== undefined) {
    await mkdir(dirname(flags.out), { recursive: true });
    await writeFile(flags.out, `${heading(flags, args, xgboost.version)}\n${report}`);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(comparisonJson(comparison, seed))}\n`);
}

/** What was run, when, and with which releases; of the dataset's path only the last part. */
function heading({ dataset, train }: PeersFlags, args: readonly string[], xgboost: string): string {
  const name = basename(dataset);
  const asked = args.map((arg) => arg.replace(dataset, name)).filter((arg) => arg !== '--json');
  const out = asked.findIndex((arg) => arg.startsWith('--out'));
  if (out >= 0) asked.splice(out, asked[out] === '--out' ? 2 : 1);
  return (
    `# Peers: ${name}${train === undefined ? '' : `, ${train}`}\n\n` +
    `${new Date().toISOString().slice(0, 10)}: \`npm run bench -- peers ${asked.join(' ')}\`; ` +
    `XGBoost ${xgboost}, ${PEER_PACKAGES.join(', ')}\n`
  );
}
