import type { GateCheck, PairedWindow } from '../../../../shared/artifacts/decision.ts';

/** Shared by the checks of the gate: how they are recorded, and the ratio of two errors. */

export function check(name: GateCheck['name'], hasPassed: boolean, detail: string): GateCheck {
  return { name, outcome: hasPassed ? 'passed' : 'failed', detail };
}

/** One error over another; 1 for two errors of zero. */
export function errorRatio(error: number, other: number): number {
  return error === other ? 1 : error / other;
}

export function windowRatio({ challenger, champion }: PairedWindow): number {
  return errorRatio(challenger, champion);
}

export function errorText(value: number): string {
  return value.toFixed(4);
}

export function ratioText(value: number): string {
  return value.toFixed(3);
}

/** A share with its sign, `+0.5 %`. */
export function changeText(share: number, digits = 1): string {
  const percent = 100 * share;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(digits)} %`;
}
