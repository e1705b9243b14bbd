import type { Contender, PanelForecast } from '../backtest/contender.ts';

/** Several contenders' forecasts as one: the mean of their logarithms, as their margins would be averaged. */
export function averagedContender(name: string, members: readonly Contender[]): Contender {
  return {
    name,
    async forecast(origin, onProgress) {
      const forecasts: PanelForecast[] = [];
      for (const [i, member] of members.entries()) {
        const forecast = await member.forecast(origin, (part, done, total) =>
          onProgress(`${part} ${i + 1} of ${members.length}`, done, total),
        );
        forecasts.push(forecast);
      }
      const average = (point: 'median' | 'mean') =>
        (forecasts[0]?.[point] ?? new Float64Array()).map((_, i) =>
          Math.expm1(
            forecasts.reduce((sum, own) => sum + Math.log1p(own[point][i] as number), 0) / forecasts.length,
          ),
        );
      return { median: average('median'), mean: average('mean') };
    },
  };
}
