import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairedWindow } from '../../../../../../shared/artifacts/decision.ts';
import { type Candidacy, judge } from '../../../../../../workers/trainer/evaluate/gate-rules/judge.ts';
import {
  GATE_DEFAULTS,
  gateRulesSchema,
} from '../../../../../../workers/trainer/evaluate/gate-rules/rules.ts';

const BASELINES = { seasonal_naive: 0.6, same_weekday_mean_4: 0.5 };

const AHEAD = { points: 2000, implausible: 0, examples: [] };

/** A challenger with the champion's errors of 0.4, times a ratio for each window. */
function against(ratios: readonly number[], isOlder = true, tiedLoss = 0): Candidacy {
  const windows = ratios.map((ratio, i) => ({
    origin: `2026-10-${10 + i}`,
    challenger: 0.4 * ratio,
    champion: 0.4,
    source: 'recorded' as const,
  }));
  return {
    treesRmsle: 0.4,
    hasTrees: true,
    baselines: BASELINES,
    seenRatio: 0.9,
    isOnlyOne: false,
    hold: null,
    ahead: AHEAD,
    comparedChampion: { version: 'old', windows, isOlder, tiedLoss },
  };
}

const failedChecks = (candidacy: Candidacy, rules = GATE_DEFAULTS) =>
  judge(candidacy, rules)
    .checks.filter(({ outcome }) => outcome === 'failed')
    .map(({ name }) => name);

describe('implausible forecasts of the days ahead', () => {
  const ahead = (implausible: number, points = 2000) => ({
    points,
    implausible,
    examples: implausible > 0 ? ['44/DAIRY on 2026-11-22: 6013 units, where it usually sells 52'] : [],
  });
  const better = against([0.9, 0.9, 0.9, 0.9]);

  it('stop a model, however good its backtest, and are named', () => {
    const { action, reasons } = judge({ ...better, ahead: ahead(3) }, GATE_DEFAULTS);
    expect(action).toBe('refuse');
    expect(reasons[0]).toBe(
      '3 of 2000 forecasts of the days ahead are implausible (at most 2): ' +
        '44/DAIRY on 2026-11-22: 6013 units, where it usually sells 52',
    );
  });

  it('are a warning if they are a few of many; a single one is too many for a small retailer', () => {
    const few = judge({ ...better, ahead: ahead(2) }, GATE_DEFAULTS);
    expect(few.action).toBe('promote');
    expect(few.checks.find(({ name }) => name === 'plausible')?.outcome).toBe('warned');
    expect(failedChecks({ ...better, ahead: ahead(1, 320) })).toEqual(['plausible']);
  });

  it('are limited by the rules', () => {
    const rules = { ...GATE_DEFAULTS, max_absurd_share: 0.01 };
    expect(failedChecks({ ...better, ahead: ahead(20) }, rules)).toEqual([]);
  });
});

describe('the gate without a champion', () => {
  const first: Candidacy = {
    treesRmsle: 0.45,
    hasTrees: true,
    baselines: BASELINES,
    seenRatio: 0.3,
    isOnlyOne: true,
    hold: null,
    ahead: AHEAD,
    comparedChampion: null,
  };

  it('promotes a model that beats every baseline', () => {
    const { action, reasons } = judge({ ...first, isOnlyOne: false }, GATE_DEFAULTS);
    expect(action).toBe('promote');
    expect(reasons.join()).not.toContain('warning');
  });

  it.each([0.5, 0.55, 0.6])(
    'promotes one with an error of %d, with a warning, if nothing else could be served',
    (treesRmsle) => {
      const { action, reasons, checks } = judge({ ...first, treesRmsle }, GATE_DEFAULTS);
      expect(action).toBe('promote');
      expect(checks[0]).toMatchObject({ name: 'baselines', outcome: 'warned' });
      expect(reasons[0]).toMatch(
        /^warning: .*same_weekday_mean_4 0\.5000; .* \d\.\d{3} times the error of the best/,
      );
      expect(judge({ ...first, treesRmsle, isOnlyOne: false }, GATE_DEFAULTS).action).toBe('refuse');
    },
  );

  it.each([0.61, Number.NaN])(
    'refuses a model with an error of %d, and names the baselines',
    (treesRmsle) => {
      const { action, reasons } = judge({ ...first, treesRmsle }, GATE_DEFAULTS);
      expect(action).toBe('refuse');
      expect(reasons.join()).toContain('same_weekday_mean_4 0.5000');
      expect(reasons.join()).toContain('with nothing in service, at most 1.2');
    },
  );

  it('refuses one that comes near the best baseline but has learned nothing', () => {
    for (const seenRatio of [0.81, Number.NaN]) {
      const { action, reasons } = judge({ ...first, treesRmsle: 0.51, seenRatio }, GATE_DEFAULTS);
      expect(action).toBe('refuse');
      expect(reasons[0]).toContain('it has learned nothing');
    }
  });

  it('lets exponential smoothing into service with any error that is known, where nothing else is', () => {
    const smoothing = { ...first, hasTrees: false, seenRatio: 1 };
    for (const treesRmsle of [0.51, 0.9, Number.POSITIVE_INFINITY]) {
      const { action, reasons } = judge({ ...smoothing, treesRmsle }, GATE_DEFAULTS);
      expect(action).toBe('promote');
      expect(reasons[0]).toContain("warning: the smoothing's mean RMSLE");
      expect(judge({ ...smoothing, treesRmsle, isOnlyOne: false }, GATE_DEFAULTS).action).toBe('refuse');
    }
    // A shop that sold the same every day, which a baseline repeats without any error.
    const even = { ...smoothing, treesRmsle: 1e-9, baselines: { seasonal_naive: 0 } };
    expect(judge(even, GATE_DEFAULTS).action).toBe('promote');
    expect(judge({ ...smoothing, treesRmsle: Number.NaN }, GATE_DEFAULTS).action).toBe('refuse');
  });

  it('uses the given ratio', () => {
    const strict = gateRulesSchema.parse({ first_max_ratio: 1 });
    expect(judge({ ...first, treesRmsle: 0.5 }, strict).action).toBe('promote');
    expect(judge({ ...first, treesRmsle: 0.501 }, strict).action).toBe('refuse');
  });

  it('refuses a model without any comparison', () => {
    expect(judge({ ...first, baselines: {} }, GATE_DEFAULTS).action).toBe('refuse');
  });
});

describe('the gate with few windows', () => {
  const roomFor = (count: number, ratios: readonly number[]): Candidacy => {
    const { comparedChampion, ...candidacy } = against(ratios);
    if (!comparedChampion) throw new Error('there is a champion');
    return { ...candidacy, comparedChampion: { ...comparedChampion, roomFor: count } };
  };

  it('judges by the windows that the history has, and says that they are few', () => {
    const verdict = judge(roomFor(2, [0.9, 0.95]), GATE_DEFAULTS);
    expect(verdict.action).toBe('promote');
    expect(verdict.reasons.join()).toContain('the history has room for no more windows');
    expect(judge(roomFor(2, [0.9, 1.2]), GATE_DEFAULTS).action).toBe('refuse');
    expect(judge(roomFor(9, [0.9, 0.9, 0.9, 0.9]), GATE_DEFAULTS).reasons.join()).not.toContain(
      'no more windows',
    );
  });

  it('requires at least one, and as many as the history has room for', () => {
    expect(failedChecks(roomFor(0, []))).toContain('windows');
    expect(failedChecks(roomFor(3, [0.9, 0.9]))).toContain('windows');
  });
});

describe('the gate with a champion', () => {
  it('promotes a challenger that is better in the mean, on most windows, and nowhere much worse', () => {
    const { action, reasons } = judge(against([0.9, 0.8, 0.95, 1.05]), GATE_DEFAULTS);
    expect(action).toBe('promote');
    expect(reasons[0]).toBe('mean RMSLE 0.3700 against 0.4000 of champion old (-7.5 %)');
  });

  it('refuses one that is worse in the mean', () => {
    expect(failedChecks(against([0.98, 0.98, 0.98, 1.09]))).toEqual(['mean']);
  });

  it('refuses one whose mean depends on few windows', () => {
    expect(failedChecks(against([0.5, 1.02, 1.02, 1.02]))).toEqual(['windows']);
    expect(failedChecks(against([0.9, 0.9, 1.02, 1.02]))).toEqual(['windows']);
  });

  it('refuses one that fails badly on a single window', () => {
    expect(failedChecks(against([0.8, 0.8, 0.8, 1.11]))).toEqual(['worst-window']);
    expect(failedChecks(against([0.8, 0.8, 0.8, 1.09]))).toEqual([]);
  });

  it('gives a tie to the model trained on newer days', () => {
    expect(judge(against([1, 1, 1, 1]), GATE_DEFAULTS).action).toBe('promote');
    expect(judge(against([1, 1.004, 0.998, 1.001]), GATE_DEFAULTS).action).toBe('promote');
    expect(failedChecks(against([1, 1, 1, 1], false))).toEqual(['newer-days']);
    expect(judge(against([0.9, 0.9, 0.9, 0.9], false), GATE_DEFAULTS).action).toBe('promote');
  });

  it('gives no tie to newer days that are unlike all before them', () => {
    const newestTimes = (factor: number): Candidacy => {
      const { comparedChampion, ...candidacy } = against([1, 1, 1, 1]);
      if (!comparedChampion) throw new Error('there is a champion');
      const windows = comparedChampion.windows.map((window, i) =>
        i < 3 ? window : { ...window, challenger: 0.4 * factor, champion: 0.4 * factor },
      );
      return { ...candidacy, comparedChampion: { ...comparedChampion, windows } };
    };
    expect(failedChecks(newestTimes(2.4))).toEqual([]);
    expect(failedChecks(newestTimes(2.6))).toEqual(['newer-days']);
    expect(judge(newestTimes(3), GATE_DEFAULTS).reasons[0]).toBe(
      'a tie, but the newest days are unlike those before: on the newest window, after 2026-10-13, the error is 3.000 ' +
        'times the mean of the others (at most 2.5); if these days are right, promote it by hand',
    );
    expect(failedChecks(newestTimes(3), gateRulesSchema.parse({ max_newest_ratio: 3.1 }))).toEqual([]);
  });

  it('promotes a clearly better challenger whatever the newest days are like', () => {
    const { comparedChampion, ...candidacy } = against([0.9, 0.9, 0.9, 0.9]);
    const windows = comparedChampion?.windows.map((window, i) =>
      i < 3 ? window : { ...window, challenger: 3.6, champion: 4 },
    );
    if (!comparedChampion || !windows) throw new Error('there is a champion');
    expect(failedChecks({ ...candidacy, comparedChampion: { ...comparedChampion, windows } })).toEqual([]);
  });

  it('says how many windows are newly measured', () => {
    const { comparedChampion, ...candidacy } = against([1, 1, 1, 1]);
    const measured = (sources: readonly PairedWindow['source'][]) => {
      const windows = sources.map((source, i) => ({
        origin: `2026-10-${10 + i}`,
        challenger: 1,
        champion: 1,
        source,
      }));
      return judge(
        { ...candidacy, comparedChampion: comparedChampion && { ...comparedChampion, windows } },
        GATE_DEFAULTS,
      ).reasons.at(-1);
    };
    expect(measured(['recorded', 'recorded', 'recorded', 'refitted'])).toBe(
      "1 of 4 windows newly measured, the last of them after 2026-10-13; the others are those of the champion's own backtest",
    );
    expect(measured(['stored', 'stored', 'stored', 'stored'])).toBe(
      '4 of 4 windows newly measured, the last of them after 2026-10-13',
    );
    expect(measured(['recorded', 'recorded', 'recorded', 'recorded'])).toBe(
      "0 of 4 windows newly measured; the others are those of the champion's own backtest",
    );
  });

  it('refuses to judge by too few windows', () => {
    expect(failedChecks(against([0.5, 0.5, 0.5]))).toEqual(['windows']);
    expect(failedChecks(against([]))).toEqual(['windows']);
  });

  it('refuses a model whose final fit failed, whatever its backtest says', () => {
    const better = against([0.8, 0.8, 0.8, 0.8]);
    expect(failedChecks({ ...better, seenRatio: 1.3 })).toEqual(['final-model']);
    expect(failedChecks({ ...better, seenRatio: Number.NaN })).toEqual(['final-model']);
  });

  it('never promotes an error that is not a number', () => {
    for (let i = 0; i < 4; i++) {
      const ratios = [0.8, 0.8, 0.8, 0.8].map((ratio, at) => (at === i ? Number.NaN : ratio));
      expect(failedChecks(against(ratios))).toContain('worst-window');
      expect(failedChecks(against(ratios))).toContain('mean');
    }
  });

  it('promotes no model that is much worse on a window, or in the mean by more than a tie, whatever the errors', () => {
    const ratio = fc.double({ min: 0.5, max: 1.5, noNaN: true });
    const actions = { promote: 0, refuse: 0 };
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 4, maxLength: 12 }), fc.boolean(), (ratios, isOlder) => {
        const { action } = judge(against(ratios, isOlder), GATE_DEFAULTS);
        actions[action]++;
        const mean = ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
        if (action === 'promote') {
          expect(Math.max(...ratios)).toBeLessThanOrEqual(GATE_DEFAULTS.max_worst_ratio + 1e-12);
          expect(mean).toBeLessThanOrEqual(1 + GATE_DEFAULTS.tie + 1e-12);
        } else if (ratios.every((value) => value < 1 - GATE_DEFAULTS.tie)) {
          expect.fail('a challenger that wins every window was refused');
        }
      }),
      // Random challengers rarely win; these two do.
      {
        examples: [
          [[0.8, 0.9, 0.7, 0.8], true],
          [[1.004, 1, 0.999, 1], true],
        ],
      },
    );
    expect(actions.promote).toBeGreaterThan(0);
    expect(actions.refuse).toBeGreaterThan(0);
  });

  it('counts nothing as a tie if a gain is required, however small it is', () => {
    const rules = gateRulesSchema.parse({ min_gain: 0.003 });
    expect(failedChecks(against([1.004, 1.004, 1.004, 1.004]), rules)).toEqual(['mean']);
    expect(failedChecks(against([0.998, 0.998, 0.998, 0.998]), rules)).toEqual(['mean']);
    expect(judge(against([1, 1, 1, 1]), rules).reasons[0]).toContain('more than 0.3 % better needed');
    expect(failedChecks(against([0.996, 0.996, 0.996, 0.996]), rules)).toEqual([]);
  });

  it('does not let small losses add up from tie to tie', () => {
    let [error, tiedLoss, promoted] = [1, 0, 0];
    for (let night = 0; night < 30; night++) {
      const { action, tiedLoss: after } = judge(
        against([1.0049, 1.0049, 1.0049, 1.0049], true, tiedLoss),
        GATE_DEFAULTS,
      );
      if (action === 'refuse') continue;
      promoted++;
      [error, tiedLoss] = [error * 1.0049, after];
    }
    expect(promoted).toBe(1);
    expect(error).toBeLessThanOrEqual(1 + GATE_DEFAULTS.tie);
  });

  it('reports what ties have lost, and resets it after a real win', () => {
    const lost = judge(against([1.003, 1.003, 1.003, 1.003], true, 0.004), GATE_DEFAULTS);
    expect(lost.reasons[0]).toContain(
      'a tie, but with the ties before it +0.70 % since the last real win (at most +0.50 %)',
    );
    expect(lost.checks.find(({ name }) => name === 'mean')?.outcome).toBe('failed');
    const regained = judge(against([0.998, 0.998, 0.998, 0.998], true, 0.004), GATE_DEFAULTS);
    expect(regained.action).toBe('promote');
    expect(regained.tiedLoss).toBeCloseTo(1.004 * 0.998 - 1, 12);
    // Gains are not saved up for later losses.
    expect(judge(against([0.996, 0.996, 0.996, 0.996]), GATE_DEFAULTS).tiedLoss).toBe(0);
    const won = judge(against([0.9, 0.9, 0.9, 0.9], true, 0.004), GATE_DEFAULTS);
    expect(won).toMatchObject({ action: 'promote', tiedLoss: 0 });
  });

  it('keeps every champion within one tie of any predecessor while only ties decide', () => {
    const change = fc.double({ min: -GATE_DEFAULTS.tie, max: GATE_DEFAULTS.tie, noNaN: true });
    const actions = { promote: 0, refuse: 0 };
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        let [error, tiedLoss, best] = [1, 0, 1];
        for (const share of changes) {
          const verdict = judge(against([1, 1, 1, 1].fill(1 + share), true, tiedLoss), GATE_DEFAULTS);
          actions[verdict.action]++;
          if (verdict.action === 'refuse') continue;
          [error, tiedLoss] = [error * (1 + share), verdict.tiedLoss];
          best = Math.min(best, error);
          expect(error).toBeLessThanOrEqual(best * (1 + GATE_DEFAULTS.tie) + 1e-9);
        }
      }),
    );
    expect(actions.promote).toBeGreaterThan(0);
    expect(actions.refuse).toBeGreaterThan(0);
  });

  it('applies the given rules', () => {
    const rules = gateRulesSchema.parse({ min_gain: 0.1, max_worst_ratio: 2 });
    expect(failedChecks(against([0.92, 0.92, 0.92, 0.92]), rules)).toEqual(['mean']);
    expect(failedChecks(against([0.5, 0.5, 0.5, 1.9]), rules)).toEqual([]);
    expect(gateRulesSchema.safeParse({ max_wrost_ratio: 2 }).success).toBe(false);
  });
});

describe('the gate during a hold', () => {
  const hold = { since: '2026-11-23T08:00:00.000Z', reason: 'promotions are wrong' };

  it('refuses the best challenger, and says why and how to release the hold', () => {
    const { action, reasons } = judge({ ...against([0.8, 0.8, 0.8, 0.8]), hold }, GATE_DEFAULTS);
    expect(action).toBe('refuse');
    expect(reasons[0]).toBe(
      'the champion has been held since 2026-11-23T08:00:00.000Z: promotions are wrong (`npm run models -- release` ends that); ' +
        'without the hold it would go into service',
    );
  });

  it('says that nothing is served if the champion cannot be', () => {
    const challenger = {
      treesRmsle: 0.4,
      hasTrees: true,
      baselines: BASELINES,
      seenRatio: 0.3,
      comparedChampion: null,
      hold,
      ahead: AHEAD,
    };
    const reasonsOf = (isOnlyOne: boolean) =>
      judge({ ...challenger, isOnlyOne }, GATE_DEFAULTS).reasons.join();
    expect(reasonsOf(true)).toContain(
      'although it cannot be served: nothing is served until then; without the hold',
    );
    expect(reasonsOf(false)).not.toContain('cannot be served');
  });

  it('lists the other reasons against a challenger', () => {
    const bad = { ...against([1.2, 1.2, 1.2, 1.2]), hold };
    expect(failedChecks(bad)).toEqual(['mean', 'windows', 'worst-window', 'hold']);
    expect(judge(bad, GATE_DEFAULTS).reasons.join()).not.toContain('without the hold');
  });
});
