import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDecision } from '../../../../../../shared/artifacts/decision.ts';
import { readGateRules, requireWindows } from '../../../../../../workers/trainer/evaluate/gate/read-rules.ts';
import { GATE_DEFAULTS } from '../../../../../../workers/trainer/evaluate/gate-rules/rules.ts';
import { sampleDecision } from '../../../../../support/trainer/sample-trained-model.ts';

async function rulesFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'rules-')), 'rules.json');
  await writeFile(path, text);
  return path;
}

describe('the rules of the gate', () => {
  it('are the defaults if absent from the file, or without a file', async () => {
    expect(await readGateRules(undefined)).toEqual(GATE_DEFAULTS);
    const path = await rulesFile('{"max_worst_ratio":1.2}');
    expect(await readGateRules(path)).toEqual({ ...GATE_DEFAULTS, max_worst_ratio: 1.2 });
  });

  it.for([
    ['{"min_win_share":1}', /min_win_share: must be below 1, .*0\.99 requires every window/],
    ['{"min_gain":1}', /min_gain: must be at most 0\.5, .*0\.01 requires 1 %/],
    ['{"tie":0.2}', /tie: must be at most 0\.1/],
    ['{"max_seen_ratio":0.5}', /max_seen_ratio: must be at least 1/],
    ['{"max_worst_ratio":0.9}', /max_worst_ratio: must be at least 1/],
    ['{"max_newest_ratio":0.5}', /max_newest_ratio: must be at least 1/],
    ['{"first_max_ratio":0.9}', /first_max_ratio: must be at least 1/],
    ['{"min_windows":0}', /min_windows: must be a whole number of at least 1/],
    ['{"min_windows":0,"tie":0.2}', /tie: .*min_windows: /],
    ['{', /cannot be read as JSON/],
  ] as const)('that no model could meet are refused by name, with the fix: %s', async ([text, message]) => {
    await expect(readGateRules(await rulesFile(text))).rejects.toThrow(message);
  });

  it('require no more windows than are measured', () => {
    expect(() => requireWindows({ ...GATE_DEFAULTS, min_windows: 12 }, 8)).toThrow(
      "the gate's min_windows is 12, and the backtest has 8 windows: every challenger would be refused. " +
        'Train with --windows 12 or more, or lower min_windows',
    );
    expect(() => requireWindows({ ...GATE_DEFAULTS, min_windows: 8 }, 8)).not.toThrow();
  });

  it('of the past do not make a decision unreadable', () => {
    const rules = { min_win_share: 1, max_seen_ratio: 0.01 };
    const evidence = {
      rules,
      checks: [],
      windows: [],
      means: {},
      dataset: 'd',
      last_day: '2026-11-22',
      shift_days: 0,
    };
    const decision = sampleDecision('a', { evidence });
    expect(parseDecision(JSON.stringify(decision))).toEqual(decision);
  });
});
