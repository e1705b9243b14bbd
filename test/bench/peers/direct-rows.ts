import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { type FitContext, type Recipe, rowsOf } from '../../../workers/trainer/model/recipe.ts';
import type { PanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import {
  createTargetBases,
  modelRows,
  NOTHING_LEARNED,
  type RowLayout,
} from '../../../workers/trainer/model/training-set/row-layout.ts';
import { bytesOf } from './export-panel.ts';

const OUR_ROWS = modelRows(NOTHING_LEARNED);

/**
 * Our features, including the plan of the target day, and log1p(units) as target: no anchor, no learned promotion
 * response.
 */
export const DIRECT_ROWS: RowLayout = {
  columns: OUR_ROWS.columns,
  write(series, origin, horizons, count, out, offset, bases) {
    OUR_ROWS.write(series, origin, horizons, count, out, offset, bases);
    bases.anchors.values.fill(0, 0, count);
    bases.lifts.fill(0, 0, count);
  },
};

/**
 * Writes the input of the direct LightGBM for one window: `rows-W.f32` and `labels-W.f32`, the rows that our model is
 * fitted on before that window, of all series, and `targets-W.f32`, the `HORIZON` rows of each scored series.
 *
 * @returns the names of the files
 */
export async function exportDirectRows(
  directory: string,
  window: number,
  origin: DayNumber,
  request: {
    readonly fitContext: FitContext;
    readonly recipe: Recipe;
    readonly scored: readonly number[];
  },
): Promise<string[]> {
  const { fitContext, recipe, scored } = request;
  const { features, labels } = rowsOf(fitContext, recipe, origin, DIRECT_ROWS);
  const members = scored.flatMap((s) => fitContext.series[s] ?? []);
  const columns = { rows: features, labels, targets: targetRows(members, origin) };
  const names: string[] = [];
  for (const [name, values] of Object.entries(columns)) {
    names.push(`${name}-${window}.f32`);
    await writeFile(join(directory, `${name}-${window}.f32`), bytesOf(values));
  }
  return names;
}

function targetRows(series: readonly PanelSeries[], origin: DayNumber): Float32Array {
  const { columns, write } = DIRECT_ROWS;
  const horizons = Uint8Array.from({ length: HORIZON }, (_, i) => i + 1);
  const rows = new Float32Array(series.length * HORIZON * columns);
  const bases = createTargetBases(HORIZON);
  series.forEach((member, s) => {
    write(member, origin, horizons, HORIZON, rows, s * HORIZON * columns, bases);
  });
  return rows;
}
