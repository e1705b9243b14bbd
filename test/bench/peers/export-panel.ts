import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import { compareStoreNbrs, seriesKey } from '../../../shared/schemas/series.ts';
import type { Recipe } from '../../../workers/trainer/model/recipe.ts';
import type { PanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import { fillUnknownDays, knownUnits } from './fill-unknown-days.ts';

export interface PanelExport {
  readonly series: readonly PanelSeries[];
  /** Indices of the series that peers forecast. */
  readonly scored: readonly number[];
  readonly origins: readonly DayNumber[];
  readonly recipe: Recipe;
  readonly threads: number;
}

/**
 * Writes the input of peers.py, little-endian, one series after the other: `known.f64` and `filled.f64`, units by day
 * of all series, the second without gaps, and `promotion.u16`, items on promotion of each day and of the `HORIZON` days
 * after the last. `panel.json` describes them; days are counted from the first.
 */
export async function exportPanel(directory: string, request: PanelExport): Promise<void> {
  const { series, scored, origins, recipe, threads } = request;
  const firstDay = series[0]?.history.firstDay ?? 0;
  const write = (name: string, columns: readonly (Float64Array | Uint16Array)[]) =>
    writeFile(join(directory, name), Buffer.concat(columns.map(bytesOf)));
  await write(
    'known.f64',
    series.map(({ history }) => knownUnits(history.milliUnits)),
  );
  await write(
    'filled.f64',
    series.map(({ history }) => fillUnknownDays(history.milliUnits)),
  );
  await write('promotion.u16', series.map(plannedItems));
  const stores = [...new Set(series.map(({ storeNbr }) => storeNbr))].sort(compareStoreNbrs);
  const panel = {
    first_date: toIsoDate(firstDay),
    horizon: HORIZON,
    series: series.map(({ storeNbr, family }) => ({
      id: seriesKey(storeNbr, family),
      // A code in the order of the stores: ids are text, and LightGBM needs numbers.
      store: stores.indexOf(storeNbr),
      family,
    })),
    scored,
    origins: origins.map((origin) => origin - firstDay),
    days_back: recipe.trainingDays,
    seed: recipe.params.seed,
    threads,
    rounds: recipe.rounds,
    lightgbm: lightgbmParams(recipe),
  };
  await writeFile(join(directory, 'panel.json'), JSON.stringify(panel));
}

/** The recipe in LightGBM's parameters; others have LightGBM's defaults. */
function lightgbmParams({ params }: Recipe): Record<string, number> {
  const { eta, max_depth, colsample_bytree } = params;
  return {
    learning_rate: Number(eta),
    num_leaves: 2 ** Number(max_depth) - 1,
    feature_fraction: Number(colsample_bytree),
  };
}

function plannedItems({ history: { milliUnits, onpromotion } }: PanelSeries): Uint16Array {
  return Uint16Array.from({ length: milliUnits.length + HORIZON }, (_, day) => onpromotion[day] ?? 0);
}

/** The bytes of a column, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
