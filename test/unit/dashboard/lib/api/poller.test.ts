import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPoller, nextDelay, type Poller, paceOf } from '../../../../../dashboard/src/lib/api/poller.ts';

describe('the wait between polls', () => {
  it('is the interval while all is well', () => {
    expect(nextDelay(3000, 0, 0.9)).toBe(3000);
    expect(nextDelay(300_000, 0, 0.1)).toBe(300_000);
  });

  it('starts with seconds after a failure and doubles up to a minute, whatever the interval', () => {
    for (const interval of [3000, 300_000])
      expect([1, 2, 3, 4, 5, 6, 20].map((failures) => nextDelay(interval, failures, 0.5))).toEqual([
        3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000,
      ]);
  });

  it('is never shorter for more failures, and spread by at most a fifth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 300_000 }),
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (interval, failures, spread) => {
          const middle = nextDelay(interval, failures, 0.5);
          expect(nextDelay(interval, failures + 1, 0.5)).toBeGreaterThanOrEqual(middle);
          expect(Math.abs(nextDelay(interval, failures, spread) - middle)).toBeLessThanOrEqual(
            middle * 0.2 + 1,
          );
        },
      ),
    );
  });
});

describe('the pace', () => {
  it('is quick after a step, slower the longer nothing moves, within bounds', () => {
    expect([0, 10_000, 60_000, 150_000, 300_000, 1e9].map(paceOf)).toEqual([
      3000, 3000, 6000, 15_000, 20_000, 20_000,
    ]);
  });
});

describe('a poller', () => {
  /** One question that waits for its answer. */
  interface Question {
    readonly signal: AbortSignal;
    answer(text: string): Promise<void>;
    fail(reason?: string): Promise<void>;
  }
  let questions: Question[];
  let timers: { action: () => void; milliseconds: number }[];
  let heard: string[];
  let poller: Poller;

  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const question = (index: number): Question => {
    const found = questions[index];
    if (!found) throw new Error(`question ${index} was not asked`);
    return found;
  };
  const fireTimer = () => {
    const timer = timers.shift();
    if (!timer) throw new Error('nothing waits');
    timer.action();
  };

  beforeEach(() => {
    questions = [];
    timers = [];
    heard = [];
    poller = createPoller<string>({
      load: (signal) =>
        new Promise((resolve, reject) => {
          questions.push({
            signal,
            answer: (text) => {
              resolve(text);
              return settled();
            },
            fail: (reason = 'down') => {
              reject(new Error(reason));
              return settled();
            },
          });
        }),
      interval: () => 3000,
      onData: (text) => heard.push(text),
      onError: () => heard.push('failure'),
      isPassing: (error) => error instanceof Error && error.message === 'starting',
      clock: {
        set: (action, milliseconds) => {
          const timer = { action, milliseconds };
          timers.push(timer);
          return timer;
        },
        clear: (handle) => {
          timers = timers.filter((timer) => timer !== handle);
        },
        random: () => 0.5,
      },
    });
    poller.refresh();
  });

  it('asks again an interval after the answer, not before', async () => {
    expect(questions).toHaveLength(1);
    expect(timers).toHaveLength(0);
    await question(0).answer('a');
    expect(heard).toEqual(['a']);
    expect(timers.map((timer) => timer.milliseconds)).toEqual([3000]);
    fireTimer();
    expect(questions).toHaveLength(2);
  });

  it('waits longer after each failure, and not after a success', async () => {
    await question(0).fail();
    fireTimer();
    await question(1).fail();
    expect(timers.map((timer) => timer.milliseconds)).toEqual([6000]);
    fireTimer();
    await question(2).answer('back');
    expect(timers.map((timer) => timer.milliseconds)).toEqual([3000]);
    expect(heard).toEqual(['failure', 'failure', 'back']);
  });

  it('does not lose patience with what passes by itself', async () => {
    for (let index = 0; index < 5; index++) {
      await question(index).fail('starting');
      expect(timers.map((timer) => timer.milliseconds)).toEqual([3000]);
      fireTimer();
    }
  });

  it('asks before its time when nudged, but not twice at once and not after a failure', async () => {
    poller.nudge();
    expect(questions).toHaveLength(1);
    await question(0).answer('a');
    poller.nudge();
    expect(questions).toHaveLength(2);
    expect(timers).toHaveLength(0);
    await question(1).fail();
    poller.nudge();
    expect(questions).toHaveLength(2);
    expect(timers).toHaveLength(1);
  });

  it('rests while paused, and asks at once when it goes on', async () => {
    await question(0).answer('a');
    poller.pause();
    expect(timers).toHaveLength(0);
    poller.resume();
    expect(questions).toHaveLength(2);
    await question(1).answer('b');
    expect(heard).toEqual(['a', 'b']);
  });

  it('abandons the question under way when paused, and does not hear its answer', async () => {
    poller.pause();
    expect(question(0).signal.aborted).toBe(true);
    await question(0).answer('late');
    expect(heard).toEqual([]);
    expect(timers).toHaveLength(0);
  });

  it('lets a newer question overtake an older one', async () => {
    poller.refresh();
    await question(1).answer('new');
    await question(0).answer('old');
    expect(heard).toEqual(['new']);
    expect(timers).toHaveLength(1);
  });

  it('says and asks nothing more once stopped', async () => {
    poller.stop();
    await question(0).answer('late');
    poller.refresh();
    poller.resume();
    expect(questions).toHaveLength(1);
    expect(heard).toEqual([]);
    expect(timers).toHaveLength(0);
  });
});
