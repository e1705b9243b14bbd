import type { RedisClient } from '../../shared/store/upstash/redis-client.ts';

/** A store without one of its guards, and what the schedules must say of it. */
export interface Mutation {
  readonly guard: string;
  readonly problem: RegExp;
  /** Shows within a few schedules. */
  readonly quick: boolean;
  /** Share of schedules in which a day closes. */
  readonly backlogs: number;
  mutate(client: RedisClient): RedisClient;
}

const COMPARE_AND_SET = "if watermark ~= expected then return 'lost-race' end";

export const MUTATIONS: readonly Mutation[] = [
  {
    guard: 'neither watermark nor buckets are compared',
    problem: /sales_(daily|weekly|monthly).* is not /,
    quick: true,
    backlogs: 0,
    mutate: replaceIn([
      [COMPARE_AND_SET, ''],
      ['if less(bucket.watermark, new) then', 'if true then'],
      ["if less(expected, bucket.watermark) then return 'torn ' .. bucket.key end", ''],
    ]),
  },
  {
    guard: 'the watermark is not compared: the buckets notice',
    problem: /counts entries above the watermark/,
    quick: false,
    backlogs: 0,
    mutate: replaceIn([[COMPARE_AND_SET, '']]),
  },
  {
    guard: 'an entry that was sent twice is not recognised',
    problem: /is in the stream [2-9] times/,
    quick: true,
    backlogs: 0,
    mutate: replaceIn([["return fields.p == payload and 'd' or 'c'", "return 'c'"]]),
  },
  {
    guard: 'a late row does not open its day again',
    problem: /reads \d+, not \d+/,
    quick: false,
    backlogs: 1,
    mutate: replaceIn([['if last and bucket.day <= last then', 'if false then']]),
  },
];

/** A client that changes lines of the scripts it sends. */
function replaceIn(lines: readonly (readonly [string, string])[]): Mutation['mutate'] {
  return (client) => ({
    ...client,
    eval: (script, keys, args) =>
      client.eval(
        lines.reduce((text, [line, instead]) => text.replace(line, instead), script),
        keys,
        args,
      ),
  });
}
