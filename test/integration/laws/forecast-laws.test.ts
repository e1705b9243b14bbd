import { describe, expect, it } from 'vitest';
import { calmPanel } from '../../laws/calm-panel.ts';
import { holds } from '../../laws/finding.ts';
import { findingLine } from '../../laws/finding-line.ts';
import { LAWS, type LawName, USES_WINDOWS } from '../../laws/laws.ts';
import {
  forecastPanel,
  type PanelForecast,
  type PanelOptions,
} from '../../support/trainer/forecast-panel.ts';
import { openXgboostOrSkip } from '../../support/trainer/open-xgboost.ts';

/** The laws that forecasts keep; `npm run test:laws` measures every one. */
const KEPT: readonly LawName[] = [
  ...(['anotherSeed', 'losingOthersDays', 'renaming', 'movingDates'] as const),
  ...(['copying', 'sumsGrow', 'meanAboveMedian'] as const),
];
const PANELS = [1, 2];

describe.each(PANELS)('forecasts of small random retailer %i', (number) => {
  /** By number of windows: fitted once, for all laws that need it. */
  const bases = new Map<number, Promise<PanelForecast>>();
  const baseOf = async (options: PanelOptions) => {
    const windows = options.windows ?? 0;
    const base = bases.get(windows) ?? calmPanel(number).then((dataset) => forecastPanel(dataset, options));
    bases.set(windows, base);
    return structuredClone(await base);
  };

  it.for(KEPT)('keep the law of %s', async (name, context) => {
    const xgboost = await openXgboostOrSkip(context);
    const options = { xgboost, ...(USES_WINDOWS.includes(name) && { windows: 2 }) };
    const subject = { dataset: await calmPanel(number), options, base: await baseOf(options) };
    const findings = await LAWS[name](subject);
    expect(findings).not.toEqual([]);
    expect(findings.filter((finding) => !holds(finding)).map(findingLine)).toEqual([]);
  });
});
