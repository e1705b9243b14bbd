import { TRAINING_DEFAULTS } from '../../workers/trainer/model/parameters.ts';
import { forecastPanel } from '../support/trainer/forecast-panel.ts';
import { pairForecasts } from './change.ts';
import { changeFindings, type Law } from './finding.ts';

const LIMITS = { median: 0.02, p99: 0.15 };

/** Another draw of rows and columns moves forecasts little: the noise beneath all other laws. */
export const anotherSeed: Law = async ({ dataset, options, base }) => {
  const { parameters } = options;
  const seed = (parameters?.seed ?? TRAINING_DEFAULTS.seed) + 1;
  const after = await forecastPanel(dataset, { ...options, parameters: { ...parameters, seed } });
  return changeFindings('another seed', pairForecasts(base, after), LIMITS);
};
