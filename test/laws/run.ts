/**
 * Measures the laws of forecasts on a dataset: how far its forecasts move after changes that should not matter.
 * Prints a table; the exit code is 1 when a law is broken.
 *
 *   npm run test:laws -- --dataset synthetic --stores 8 --families 8
 *
 * @module
 */
import { Command } from 'commander';
import { toIsoDate } from '../../shared/calendar/day-number.ts';
import {
  addModelOptions,
  type ModelFlags,
  trainingOptionsOf,
} from '../../workers/trainer/cli/training-flags.ts';
import { type Dataset, historyOf } from '../../workers/trainer/data/dataset.ts';
import { addDataOptions, atLeast, type DataFlags } from '../../workers/trainer/data/import/data-flags.ts';
import { loadDataset } from '../../workers/trainer/data/import/load-dataset.ts';
import { findXgboost } from '../../workers/trainer/model/xgboost/find-library.ts';
import { forecastPanel, type PanelForecast, type PanelOptions } from '../support/trainer/forecast-panel.ts';
import { calmPanel } from './calm-panel.ts';
import { type Finding, holds } from './finding.ts';
import { findingLine, summaryLines } from './finding-line.ts';
import { LAWS, USES_WINDOWS } from './laws.ts';

type Flags = DataFlags & ModelFlags & { readonly laws?: string; readonly panels?: number };

const say = (line: string) => process.stdout.write(`${line}\n`);
const command = new Command('npm run test:laws --').description(
  'Measures how far forecasts move after changes that should not matter.',
);
addModelOptions(addDataOptions(command), 2, 1)
  .option('--laws <names>', `only these, separated by commas: ${Object.keys(LAWS).join(', ')}`)
  .option('--panels <n>', 'number of small random retailers to use instead of a dataset', atLeast(1));
const flags = command.parse(process.argv).opts<Flags>();
const asked = flags.laws?.split(',') ?? Object.keys(LAWS);
const { windows, ...parameters } = await trainingOptionsOf(flags);
const options = { xgboost: await findXgboost(say), parameters };

async function* datasets(): AsyncGenerator<Dataset> {
  for (let number = 1; number <= (flags.panels ?? 0); number++) yield calmPanel(number);
  if (flags.panels !== undefined) return;
  const today = toIsoDate(Math.floor(Date.now() / 86_400_000));
  const { dataset, liveFrom } = await loadDataset({ ...flags, timeTravel: false }, today, () => undefined);
  yield historyOf(dataset, liveFrom);
}

async function measure(dataset: Dataset): Promise<Finding[]> {
  const bases = new Map<number | undefined, PanelForecast>();
  const findings: Finding[] = [];
  say(`${dataset.name}: ${dataset.panel.series.length} series, ${dataset.panel.dayCount} days`);
  for (const [name, law] of Object.entries(LAWS)) {
    if (!asked.includes(name)) continue;
    const lawOptions: PanelOptions = USES_WINDOWS.includes(name) ? { ...options, windows } : options;
    const base = bases.get(lawOptions.windows) ?? (await forecastPanel(dataset, lawOptions));
    bases.set(lawOptions.windows, base);
    const found = await law({ dataset, base, options: lawOptions });
    if (found.length === 0) say(`  ${name}: does not apply`);
    for (const finding of found) say(findingLine(finding));
    findings.push(...found);
  }
  return findings;
}

const findings: Finding[] = [];
for await (const dataset of datasets()) findings.push(...(await measure(dataset)));
if (flags.panels !== undefined) for (const line of summaryLines(findings)) say(line);
const broken = findings.filter((finding) => !holds(finding)).length;
say(`${broken} of ${findings.length} figures beyond their limit`);
process.exit(broken > 0 ? 1 : 0);
