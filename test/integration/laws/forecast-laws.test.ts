import { describe, expect, it } from 'vitest';
import { calmPanel } from '../../laws/calm-panel.ts';
import { holds } from '../../laws/finding.ts';
import { findingLine } from '../../laws/finding-line.ts';
import { LAWS, type LawName } from '../../laws/laws.ts';
import {
  forecastPanel,
  type PanelForecast,
  type PanelOptions,
} from '../../support/trainer/forecast-panel.ts';
import { openXgboostOrSkip } from '../../support/trainer/open-xgboost.ts';

/** How a law is tried. */
type Trial = Omit<PanelOptions, 'xgboost'>;

const PLAIN: Trial = {};
const INTERVALS: Trial = { windows: 2 };
/** Not a digit may change, so a few trees tell as much as all; at 160 of them every column has been drawn. */
const IDENTITY: Trial = { parameters: { rounds: 10 } };
/** The laws that forecasts keep; `npm run test:long` tries them on more retailers, `npm run test:laws` measures every one. */
const KEPT: readonly (readonly [LawName, Trial])[] = [
  ['anotherSeed', PLAIN],
  ['losingOthersDays', PLAIN],
  ['renaming', IDENTITY],
  ['movingDates', IDENTITY],
  ['copying', PLAIN],
  ['sumsGrow', INTERVALS],
  ['meanAboveMedian', INTERVALS],
];

describe('forecasts of a small random retailer', () => {
  /** Fitted once, for all laws that are tried in the same way. */
  const bases = new Map<Trial, Promise<PanelForecast>>();
  const baseOf = async (trial: Trial, options: PanelOptions) => {
    const base = bases.get(trial) ?? calmPanel(1).then((dataset) => forecastPanel(dataset, options));
    bases.set(trial, base);
    return structuredClone(await base);
  };

  it.for(KEPT)('keep the law of %s', async ([name, trial], context) => {
    const options = { xgboost: await openXgboostOrSkip(context), ...trial };
    const subject = { dataset: await calmPanel(1), options, base: await baseOf(trial, options) };
    const findings = await LAWS[name](subject);
    expect(findings).not.toEqual([]);
    expect(findings.filter((finding) => !holds(finding)).map(findingLine)).toEqual([]);
  });
});
