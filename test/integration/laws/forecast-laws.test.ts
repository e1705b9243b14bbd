import { describe, expect, it } from 'vitest';
import { calmPanel } from '../../laws/calm-panel.ts';
import { holds } from '../../laws/finding.ts';
import { findingLine } from '../../laws/finding-line.ts';
import { LAWS, type LawName, USES_WINDOWS } from '../../laws/laws.ts';
import { forecastPanel } from '../../support/trainer/forecast-panel.ts';
import { openXgboostOrSkip } from '../../support/trainer/open-xgboost.ts';

/** The laws that forecasts keep; `npm run test:laws` measures every one. */
const KEPT: readonly LawName[] = [
  ...(['anotherSeed', 'losingOthersDays', 'renaming', 'movingDates'] as const),
  ...(['copying', 'sumsGrow', 'meanAboveMedian'] as const),
];
const PANELS = [1, 2];

describe.each(PANELS)('forecasts of small random retailer %i', (number) => {
  it.for(KEPT)('keep the law of %s', async (name, context) => {
    const xgboost = await openXgboostOrSkip(context);
    const dataset = await calmPanel(number);
    const options = { xgboost, ...(USES_WINDOWS.includes(name) && { windows: 2 }) };
    const findings = await LAWS[name]({ dataset, options, base: await forecastPanel(dataset, options) });
    expect(findings).not.toEqual([]);
    expect(findings.filter((finding) => !holds(finding)).map(findingLine)).toEqual([]);
  });
});
