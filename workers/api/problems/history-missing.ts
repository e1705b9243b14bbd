import { ApiProblem } from './api-problem.ts';

/** The problem `not-ready` of a feature store into which no history has been opened. */
export function historyMissing(): ApiProblem {
  const detail = 'The history has not been opened yet';
  return new ApiProblem('not-ready', `${detail}; the next runs of the aggregator import it`, {
    missing: [{ component: 'history', status: 'missing', detail }],
  });
}
