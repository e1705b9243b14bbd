import type { GateCheck, PairedWindow } from './decision.ts';
import type { GateRules } from './gate-rules.ts';

/** What is known of a challenger that wants to go into service. */
export interface Candidacy {
  /** Mean RMSLE over the windows of its backtest. */
  readonly rmsle: number;
  /** Baseline to its mean RMSLE on the same windows. */
  readonly baselines: Readonly<Record<string, number>>;
  /** RMSLE on the last window of the final model, which has seen it, over that of the model that had not. */
  readonly seenRatio: number;
  /** The champion that it is compared with; null without one, or without one that this build can serve. */
  readonly rival: {
    readonly version: string;
    readonly windows: readonly PairedWindow[];
    /** Whether the challenger has learned from days that the champion has not seen. */
    readonly isOlder: boolean;
    /** Windows that the history has room for, where that is fewer than the rules ask for. */
    readonly roomFor?: number;
  } | null;
}

export interface Verdict {
  readonly action: 'promote' | 'refuse';
  readonly checks: readonly GateCheck[];
  /** The details of the checks that decided. */
  readonly reasons: readonly string[];
}

/**
 * Decides whether a challenger goes into service. Against a champion, in pairs on the same windows: the mean must be
 * better, most windows won, and the worst not much worse; a tie in the mean goes to the model that knows newer days.
 * A history that has room for fewer windows than the rules ask for is judged by those it has, and the reasons say so.
 * Without a champion it has to beat every baseline in the mean. An error that is not a number fails every check.
 */
export function judge({ rmsle, baselines, seenRatio, rival }: Candidacy, rules: GateRules): Verdict {
  const checks = rival ? checkPairs(rival, rules) : [checkBaselines(rmsle, baselines)];
  checks.push(
    check(
      'final-model',
      seenRatio <= rules.max_seen_ratio,
      `the final model's error on the last window is ${ratio(seenRatio)} times the backtest's (at most ${rules.max_seen_ratio})`,
    ),
  );
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const decisive = failed.length > 0 ? failed : checks;
  return {
    action: failed.length > 0 ? 'refuse' : 'promote',
    checks,
    reasons: decisive.map(({ detail }) => detail),
  };
}

function checkBaselines(rmsle: number, baselines: Readonly<Record<string, number>>): GateCheck {
  const entries = Object.entries(baselines);
  const beatsAll = entries.length > 0 && entries.every(([, error]) => rmsle < error);
  const told = entries.map(([name, error]) => `${name} ${decimal(error)}`).join(', ');
  const verb = beatsAll ? 'beats every baseline' : 'does not beat every baseline';
  return check('baselines', beatsAll, `mean RMSLE ${decimal(rmsle)} ${verb}: ${told || 'there are none'}`);
}

function checkPairs(rival: NonNullable<Candidacy['rival']>, rules: GateRules): GateCheck[] {
  const { windows, version } = rival;
  const needed = Math.min(rules.min_windows, Math.max(1, rival.roomFor ?? rules.min_windows));
  if (windows.length < needed) {
    const detail = `only ${windows.length} windows can be compared with champion ${version} (at least ${needed})`;
    return [check('windows', false, detail)];
  }
  const mine = meanOf(windows.map(({ challenger }) => challenger));
  const theirs = meanOf(windows.map(({ champion }) => champion));
  const meanRatio = mine / theirs;
  const told = `mean RMSLE ${decimal(mine)} against ${decimal(theirs)} of champion ${version} (${change(meanRatio)})`;
  const isTie = Math.abs(meanRatio - 1) <= rules.tie;
  const checks: GateCheck[] = [];
  if (isTie) {
    checks.push({ name: 'mean', outcome: 'tied', detail: `${told}: a tie` });
    checks.push(
      check(
        'newer-days',
        rival.isOlder,
        rival.isOlder
          ? 'the challenger has learned from newer days'
          : `${told}: a tie, and the challenger knows no newer days`,
      ),
    );
  } else checks.push(check('mean', meanRatio < 1 - rules.min_gain, told));
  return [...checks, checkWins(windows, rules), checkWorst(windows, rules)];
}

function checkWins(
  windows: readonly PairedWindow[],
  { tie, min_win_share, min_windows }: GateRules,
): GateCheck {
  const won = windows.filter((window) => ratioOf(window) < 1 - tie).length;
  const tied = windows.filter((window) => Math.abs(ratioOf(window) - 1) <= tie).length;
  const decided = windows.length - tied;
  const few =
    windows.length < min_windows
      ? `; the history has room for no more windows, one lucky day counts much`
      : '';
  const detail = `${won} of ${decided} windows won, ${tied} tied (more than ${Math.round(100 * min_win_share)} % needed)${few}`;
  if (decided === 0) return { name: 'windows', outcome: 'tied', detail: `all ${tied} windows tied` };
  return check('windows', won > min_win_share * decided, detail);
}

function checkWorst(windows: readonly PairedWindow[], { max_worst_ratio }: GateRules): GateCheck {
  // NaN must not be passed over: it is the worst of all.
  const rank = (window: PairedWindow) =>
    Number.isNaN(ratioOf(window)) ? Number.POSITIVE_INFINITY : ratioOf(window);
  const worst = windows.reduce((left, right) => (rank(right) > rank(left) ? right : left));
  return check(
    'worst-window',
    ratioOf(worst) <= max_worst_ratio,
    `on the worst window, after ${worst.origin}, the error is ${ratio(ratioOf(worst))} times the champion's (at most ${max_worst_ratio})`,
  );
}

function check(name: GateCheck['name'], hasPassed: boolean, detail: string): GateCheck {
  return { name, outcome: hasPassed ? 'passed' : 'failed', detail };
}

/** Two errors of zero are a tie. */
function ratioOf({ challenger, champion }: PairedWindow): number {
  return challenger === champion ? 1 : challenger / champion;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function decimal(value: number): string {
  return value.toFixed(4);
}

function ratio(value: number): string {
  return value.toFixed(3);
}

function change(meanRatio: number): string {
  const percent = 100 * (meanRatio - 1);
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}
