import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPoller, nextDelay, type Poller, paceOf } from '../../../../../dashboard/src/lib/api/poller.ts';

describe('the wait between polls', () => {
  it('is the interval after a success', () => {
    expect(nextDelay(3000, 0, 0.9)).toBe(3000);
    expect(nextDelay(300_000, 0, 0.1)).toBe(300_000);
  });

  it('starts with seconds after a failure and doubles up to a minute, whatever the interval', () => {
    for (const interval of [3000, 300_000])
      expect([1, 2, 3, 4, 5, 6, 20].map((failures) => nextDelay(interval, failures, 0.5))).toEqual([
        3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000,
      ]);
  });

  it('never shrinks with more failures, and varies by at most a fifth', () => {
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

describe('the polling interval', () => {
  it('is short after a step, and longer the longer nothing moves, within bounds', () => {
    expect([0, 10_000, 60_000, 150_000, 300_000, 1e9].map(paceOf)).toEqual([
      3000, 3000, 6000, 15_000, 20_000, 20_000,
    ]);
  });
});

describe('a poller', () => {
  /** One pending request. */
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

  it('requests again an interval after the response, not before', async () => {
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

  it('does not back off for transient failures', async () => {
    for (let index = 0; index < 5; index++) {
      await question(index).fail('starting');
      expect(timers.map((timer) => timer.milliseconds)).toEqual([3000]);
      fireTimer();
    }
  });

  it('requests early when nudged, but not twice at once and not after a failure', async () => {
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

  it('stops while paused, and requests immediately when resumed', async () => {
    await question(0).answer('a');
    poller.pause();
    expect(timers).toHaveLength(0);
    poller.resume();
    expect(questions).toHaveLength(2);
    await question(1).answer('b');
    expect(heard).toEqual(['a', 'b']);
  });

  it('aborts the pending request when paused, and ignores its response', async () => {
    poller.pause();
    expect(question(0).signal.aborted).toBe(true);
    await question(0).answer('late');
    expect(heard).toEqual([]);
    expect(timers).toHaveLength(0);
  });

  it('lets a newer request replace an older one', async () => {
    poller.refresh();
    await question(1).answer('new');
    await question(0).answer('old');
    expect(heard).toEqual(['new']);
    expect(timers).toHaveLength(1);
  });

  it('neither requests nor reports anything once stopped', async () => {
    poller.stop();
    await question(0).answer('late');
    poller.refresh();
    poller.resume();
    expect(questions).toHaveLength(1);
    expect(heard).toEqual([]);
    expect(timers).toHaveLength(0);
  });
});
