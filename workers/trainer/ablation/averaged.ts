import type { Contender } from '../backtest/contender.ts';

/** Several contenders' forecasts as one: the mean of their logarithms, as their margins would be averaged. */
export function averagedContender(name: string, members: readonly Contender[]): Contender {
  return {
    name,
    async forecast(origin, onProgress) {
      const forecasts: Float64Array[] = [];
      for (const [i, member] of members.entries()) {
        const units = await member.forecast(origin, (part, done, total) =>
          onProgress(`${part} ${i + 1} of ${members.length}`, done, total),
        );
        forecasts.push(units);
      }
      return (forecasts[0] ?? new Float64Array()).map((_, i) =>
        Math.expm1(
          forecasts.reduce((sum, units) => sum + Math.log1p(units[i] as number), 0) / forecasts.length,
        ),
      );
    },
  };
}
