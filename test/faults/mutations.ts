import type { RedisClient } from '../../shared/sales-store/upstash/redis-client.ts';

/** A store without one of its guards, and what the schedules must say of it. */
export interface Mutation {
  readonly guard: string;
  readonly problem: RegExp;
  /** Seed of a schedule in which it shows, without outages; null where many have to be run. */
  readonly showsAt: number | null;
  /** Share of schedules in which a day closes. */
  readonly backlogs: number;
  /** Lines of the store, and their replacement. */
  readonly lines: readonly (readonly [line: string, instead: string])[];
}

const WRONG_SUM = /sales_(daily|weekly|monthly).* is not /;
const SENT_TWICE = /is in the stream [2-9] times/;
const WRONG_ANSWER = /was answered as counted, but the stream has/;
const WRONG_READING = /reads \d+, not \d+/;
const WRONG_OPENING = /opening sales_(weekly|monthly).* is not /;
const COMPARE_AND_SET = "if watermark ~= expected then return 'lost-race' end";

/** Guards of the scripts that the Redis adapter sends. */
export const REDIS_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'neither watermark nor buckets are compared',
    problem: WRONG_SUM,
    showsAt: 23,
    backlogs: 0,
    lines: [
      [COMPARE_AND_SET, ''],
      ['if less(bucket.watermark, new) then', 'if true then'],
      ["if less(expected, bucket.watermark) then return 'torn ' .. bucket.key end", ''],
    ],
  },
  {
    guard: 'the watermark is not compared: the buckets notice',
    problem: /counts entries above the watermark/,
    showsAt: null,
    backlogs: 0,
    lines: [[COMPARE_AND_SET, '']],
  },
  {
    guard: 'an entry that was sent twice is not recognised',
    problem: SENT_TWICE,
    showsAt: 1,
    backlogs: 0,
    lines: [["return fields.p == payload and 'd' or 'c'", "return 'c'"]],
  },
  {
    guard: 'a transaction that was sent twice is not recognised',
    problem: SENT_TWICE,
    showsAt: 1,
    backlogs: 0,
    lines: [['if score >= forgotten then known', 'if false then known']],
  },
  {
    guard: 'a known id with other content is taken for a duplicate',
    problem: WRONG_ANSWER,
    showsAt: 1,
    backlogs: 0,
    lines: [['elseif known == hash then', 'elseif true then']],
  },
  {
    guard: 'what a transaction said is not kept',
    problem: WRONG_ANSWER,
    showsAt: 1,
    backlogs: 0,
    lines: [['known = hash_of(score) or hash', 'known = hash']],
  },
  {
    guard: 'a late row does not open its day again',
    problem: WRONG_READING,
    showsAt: null,
    backlogs: 1,
    lines: [['if last and bucket.day <= last then', 'if false then']],
  },
  {
    guard: 'a history is imported again by a run that overlaps',
    problem: WRONG_OPENING,
    showsAt: null,
    backlogs: 0,
    lines: [
      ["if held[3] then return 'already-imported' end", ''],
      ["if token_of(held[1], held[2]) ~= ARGV[1] then return 'changed' end", ''],
    ],
  },
];

/** Guards of the object that keeps the embedded store. */
export const EMBEDDED_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'the watermark is not compared',
    problem: WRONG_SUM,
    showsAt: 23,
    backlogs: 0,
    lines: [['if (watermark !== commit.expectedWatermark) return "lost-race";', '']],
  },
  {
    guard: 'a commit that breaks off keeps what it has written',
    problem: WRONG_SUM,
    showsAt: 71,
    backlogs: 0,
    lines: [['answer(() => this.#storage.transactionSync(work))', 'answer(work)']],
  },
  {
    guard: 'an entry that was sent twice is not recognised',
    problem: SENT_TWICE,
    showsAt: 19,
    backlogs: 0,
    lines: [
      [
        '(held?.payload === payload ? result.duplicates : result.conflicts).push(id)',
        'result.conflicts.push(id)',
      ],
    ],
  },
  {
    guard: 'a transaction that was sent twice is not recognised',
    problem: SENT_TWICE,
    showsAt: 1,
    backlogs: 0,
    lines: [['for (const [name, contentHash] of rows) known.set(name, contentHash);', '']],
  },
  {
    guard: 'a known id with other content is taken for a duplicate',
    problem: WRONG_ANSWER,
    showsAt: 1,
    backlogs: 0,
    lines: [
      [
        '(held === null || held === row.contentHash ? duplicates : conflicts).push(place);',
        'duplicates.push(place);',
      ],
    ],
  },
  {
    guard: 'what a transaction said is not kept',
    problem: WRONG_ANSWER,
    showsAt: 1,
    backlogs: 0,
    lines: [['SELECT t.name, t.content_hash', 'SELECT t.name, NULL']],
  },
  {
    guard: 'a late row does not open its day again',
    problem: WRONG_READING,
    showsAt: null,
    backlogs: 1,
    lines: [
      ['for (const [store, day] of lateFrom) this.#history.reopenStore(', 'for (const [store, day] of []) ('],
    ],
  },
  {
    guard: 'a history is imported again by a run that overlaps',
    problem: WRONG_OPENING,
    showsAt: null,
    backlogs: 0,
    lines: [['if (!this.#imported.add(chunk.store_nbr)) return "already-imported";', '']],
  },
];

/** A client that changes lines of the scripts it sends. */
export function mutateClient({ lines }: Mutation): (client: RedisClient) => RedisClient {
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

/**
 * A module with lines changed.
 *
 * @throws when a line is not there exactly once: the mutation would test nothing.
 */
export function mutateModule(module: string, { guard, lines }: Mutation): string {
  return lines.reduce((text, [line, instead]) => {
    const parts = text.split(line);
    if (parts.length !== 2)
      throw new Error(`${guard}: "${line}" stands ${parts.length - 1} times in the module`);
    return parts.join(instead);
  }, module);
}
