import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { MODEL } from '../backtest/contender.ts';
import { meanOfKnown } from '../backtest/mean-of-known.ts';
import { bestContender } from '../backtest/summarize.ts';

/** What a model's own backtest says of it; scores are means over the windows. */
export interface ModelScores {
  readonly rmsle: number;
  readonly wape: number;
  readonly windows: number;
  /** Windows in which its RMSLE is below every baseline's. */
  readonly windows_won: number;
}

export function modelScores({ backtest }: Manifest): ModelScores {
  const { windows } = backtest;
  const mean = (metric: 'rmsle' | 'wape') =>
    meanOfKnown(windows.map(({ scores }) => scores[MODEL]?.[metric]));
  return {
    rmsle: mean('rmsle'),
    wape: mean('wape'),
    windows: windows.length,
    windows_won: windows.filter(({ scores }) => bestContender(scores) === MODEL).length,
  };
}
