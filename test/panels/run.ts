/**
 * Random retailers through the reader, the trainer and the forecast: none may crash, and no forecast may be far from
 * past sales of its series. The exit code is 1 when one is.
 *
 *   npm run test:panels -- --panels 200 --seed 1
 *
 * @module
 */
import { Command } from 'commander';
import { atLeast } from '../../workers/trainer/data/import/data-flags.ts';
import { findXgboost } from '../../workers/trainer/model/xgboost/find-library.ts';
import { checkPanel, describeImplausibility } from './check-panel.ts';
import { LARGE, SMALL } from './random-panel.ts';

/** Most series-days that a guard may replace. */
const MAX_REPLACED_SHARE = 0.001;
const SHOWN = 3;

interface Flags {
  readonly panels: number;
  readonly seed: number;
  readonly from: number;
  readonly windows: number;
  readonly small?: true;
}

const flags = new Command('npm run test:panels --')
  .description('Forecasts random retailers; no forecast may be far from past sales of its series.')
  .option('--panels <n>', 'retailers', atLeast(1), 200)
  .option('--seed <n>', 'seed of the retailers', atLeast(0), 1)
  .option('--from <n>', 'number of the first', atLeast(0), 0)
  .option('--windows <n>', 'backtest windows for means and intervals', atLeast(0), 0)
  .option('--small', 'few stores, families and days')
  .parse(process.argv)
  .opts<Flags>();

const say = (line: string) => process.stdout.write(`${line}\n`);
const xgboost = await findXgboost(say);
const totals = { failed: 0, implausible: 0, crashed: 0, refused: 0, seriesDays: 0, replaced: 0 };
const start = performance.now();

for (let index = flags.from; index < flags.from + flags.panels; index++) {
  const name = `--seed ${flags.seed} --from ${index} --panels 1${flags.small ? ' --small' : ''}`;
  try {
    const outcome = await checkPanel(flags.seed, index, flags.small ? SMALL : LARGE, {
      xgboost,
      windows: flags.windows,
    });
    totals.seriesDays += outcome.seriesDays;
    totals.replaced += outcome.replaced;
    if (outcome.refusal !== null) {
      totals.refused++;
      say(`  ${name}: refused: ${outcome.refusal}`);
    }
    if (outcome.implausibilities.length > 0) {
      totals.failed++;
      totals.implausible += outcome.implausibilities.length;
      say(`FAILED ${name}: ${outcome.implausibilities.length} series-days; ${outcome.story.join('; ')}`);
      for (const implausibility of worst(outcome.implausibilities))
        say(`    ${describeImplausibility(implausibility)}`);
    }
  } catch (error) {
    totals.crashed++;
    say(`CRASHED ${name}: ${error instanceof Error ? error.stack : error}`);
  }
  const done = index - flags.from + 1;
  if (done % 10 === 0 || done === flags.panels) {
    say(`  ${done} of ${flags.panels}, ${Math.round((performance.now() - start) / 1000)} s`);
  }
}

function worst<T extends { readonly units: number; readonly greatest: number }>(found: readonly T[]): T[] {
  const excess = ({ units, greatest }: T) => Math.abs(units - greatest) / (greatest + 1);
  return [...found].sort((a, b) => excess(b) - excess(a)).slice(0, SHOWN);
}

const isOverReplaced = totals.replaced > MAX_REPLACED_SHARE * totals.seriesDays;
say(`${totals.replaced} of ${totals.seriesDays} series-days replaced by the guard`);
say(JSON.stringify({ seed: flags.seed, panels: flags.panels, ...totals }));
process.exit(totals.failed + totals.crashed > 0 || isOverReplaced ? 1 : 0);
