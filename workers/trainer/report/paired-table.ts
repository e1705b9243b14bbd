import Table from 'cli-table3';
import type { PairedScores } from '../backtest/pair-scores.ts';
import { round } from './backtest-table.ts';
import { decimal, percent } from './format.ts';

/**
 * Contenders beside the one they are compared with, whose means are the first line. Differences below 0 are in favour of
 * the contender of the line.
 */
export function pairedTable(
  reference: { readonly name: string; readonly rmsle: number; readonly wape: number },
  others: readonly PairedScores[],
  windows: number,
): string {
  const table = new Table({
    head: ['', 'RMSLE', 'WAPE', 'RMSLE\ndifference', 'WAPE\ndifference', 'windows\nbetter', 'worst window'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  table.push([reference.name, decimal(reference.rmsle, 4), percent(reference.wape), '', '', '', '']);
  for (const { name, rmsle, wape, rmsleDifference, wapeDifference, windowsWon, worst } of others) {
    table.push([
      name,
      decimal(rmsle, 4),
      percent(wape),
      signed(rmsleDifference, 4),
      `${signed(100 * wapeDifference, 2)} %`,
      `${windowsWon} of ${windows}`,
      `${signed(worst.rmsleDifference, 4)} after ${worst.origin}`,
    ]);
  }
  return table.toString();
}

/** The same for programs. */
export function pairedJson(others: readonly PairedScores[]): Record<string, unknown>[] {
  return others.map(({ name, rmsle, wape, rmsleDifference, wapeDifference, windowsWon, worst }) => ({
    name,
    rmsle: round(rmsle),
    wape: round(wape),
    rmsle_difference: round(rmsleDifference),
    wape_difference: round(wapeDifference),
    windows_won: windowsWon,
    worst_window: { origin: worst.origin, rmsle_difference: round(worst.rmsleDifference) },
  }));
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? '+' : ''}${decimal(value, digits)}`;
}
