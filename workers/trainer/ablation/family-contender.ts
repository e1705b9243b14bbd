import { HORIZON } from '../../../shared/features/index.ts';
import type { Contender } from '../backtest/contender.ts';
import { fittedContender } from '../backtest/contenders/fitted.ts';
import type { Recipe, Workshop } from '../recipe.ts';

/** One model per product family, each fitted on its family's rows only. */
export function familyContender(name: string, workshop: Workshop, recipe: Recipe): Contender {
  const { series } = workshop;
  const families = [...new Set(series.map(({ family }) => family))];
  return {
    name,
    async forecast(origin, onProgress) {
      const median = new Float64Array(series.length * HORIZON);
      const mean = new Float64Array(series.length * HORIZON);
      for (const [i, family] of families.entries()) {
        const members = series.flatMap((member, s) => (member.family === family ? [s] : []));
        const share = members.length / series.length;
        const contender = fittedContender(
          family,
          { ...workshop, series: series.filter((member) => member.family === family) },
          { ...recipe, maxRows: Math.max(1000, Math.round(recipe.maxRows * share)) },
        );
        onProgress('families', i, families.length);
        const own = await contender.forecast(origin, () => undefined);
        members.forEach((s, m) => {
          median.set(own.median.subarray(m * HORIZON, (m + 1) * HORIZON), s * HORIZON);
          mean.set(own.mean.subarray(m * HORIZON, (m + 1) * HORIZON), s * HORIZON);
        });
      }
      return { median, mean };
    },
  };
}
