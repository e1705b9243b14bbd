import type { PipelineFixture } from '../support/pipeline/pipeline-fixture.ts';
import { createRandom } from './random.ts';
import { runSchedule } from './run-schedule.ts';
import { makeSchedule, type ScheduleMix } from './schedule.ts';
import type { FaultTarget } from './target.ts';

export interface SchedulesRequest {
  readonly firstSeed: number;
  readonly count: number;
  readonly pipeline: PipelineFixture;
  makeTarget(): FaultTarget;
  readonly mix: ScheduleMix;
  /** Schedules at the same time. */
  readonly width: number;
  /** Gives up at the first schedule with a problem that this matches. */
  readonly until?: RegExp;
  readonly onProgress?: (run: number) => void;
}

export interface SchedulesOutcome {
  readonly run: number;
  readonly failedActions: number;
  /** The problems of each schedule that has any, by seed. */
  readonly problems: ReadonlyMap<number, readonly string[]>;
}

/** Runs the schedules of consecutive seeds. */
export async function runSchedules(request: SchedulesRequest): Promise<SchedulesOutcome> {
  const { firstSeed, count, pipeline, makeTarget, mix, width, until, onProgress } = request;
  const problems = new Map<number, readonly string[]>();
  let started = 0;
  let failedActions = 0;
  let run = 0;
  const found = () =>
    until !== undefined && [...problems.values()].flat().some((problem) => until.test(problem));
  const work = async () => {
    while (started < count && !found()) {
      const seed = firstSeed + started++;
      const random = createRandom(seed);
      const schedule = makeSchedule(seed, random, mix);
      try {
        const outcome = await runSchedule(schedule, random, pipeline, makeTarget());
        failedActions += outcome.failedActions;
        if (outcome.problems.length > 0) problems.set(seed, outcome.problems);
      } catch (error) {
        problems.set(seed, [String(error)]);
      }
      run++;
      onProgress?.(run);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return { run, failedActions, problems };
}
