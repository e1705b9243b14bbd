/** A realistic mistake, and the tests that notice it. */
export interface PlantedMutation {
  readonly name: string;
  /** What would go wrong for a user, in one sentence. */
  readonly about: string;
  /** Path from the root of the repository. */
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Test files of which at least one has to fail. */
  readonly killedBy: readonly string[];
}

const EMBEDDED_STORE = ['test/workers/shared/sales-store/durable/durable-sales-store.test.ts'];
const REDIS_STORE = ['test/integration/shared/sales-store/upstash/upstash-sales-store.test.ts'];
const AGGREGATE = ['test/unit/workers/aggregator/aggregate.test.ts'];
const FEATURE_ROWS = ['test/unit/shared/features/build-feature-rows.test.ts'];

const SALES_STORE: readonly PlantedMutation[] = [
  {
    name: 'embedded-append-retry',
    about:
      'A producer that sends its last batch again, because the answer was lost, gets an error each time.',
    file: 'shared/sales-store/durable/stream-table.ts',
    find: 'if (compareEntryIds(id, newest) > 0) {',
    replace: 'if (compareEntryIds(id, newest) >= 0) {',
    killedBy: EMBEDDED_STORE,
  },
  {
    name: 'embedded-commit-over-nothing',
    about: 'Two aggregators that both start on a new store count its first sales twice.',
    file: 'shared/sales-store/durable/sales-store-object.ts',
    find: "if (watermark !== commit.expectedWatermark) return 'lost-race';",
    replace:
      "if (commit.expectedWatermark !== null && watermark !== commit.expectedWatermark) return 'lost-race';",
    killedBy: EMBEDDED_STORE,
  },
  {
    name: 'embedded-conflict-as-duplicate',
    about: 'A till that gives all lines of a receipt one id loses all but the first without a word.',
    file: 'shared/sales-store/durable/delivery-table.ts',
    find: '(held === null || held === row.contentHash ? duplicates : conflicts).push(place);',
    replace: 'duplicates.push(place);',
    killedBy: EMBEDDED_STORE,
  },
  {
    name: 'lua-conflict-as-duplicate',
    about: 'The same with sales in Redis, for receipts that are sent in several requests.',
    file: 'shared/sales-store/upstash/ingest.ts',
    find: 'known = hash_of(score) or hash',
    replace: 'known = hash',
    killedBy: REDIS_STORE,
  },
  {
    name: 'name-without-line',
    about: 'Nothing distinguishes the lines of a receipt, and all but the first are rejected.',
    file: 'shared/sales-store/delivery.ts',
    find: 'return line === null ? name',
    replace: 'return name ? name',
    killedBy: EMBEDDED_STORE,
  },
  {
    name: 'embedded-claim-of-a-used-store',
    about:
      'A store that holds sales already can be claimed as a partition, and stores that are not its own keep sales there.',
    file: 'shared/sales-store/durable/sales-store-object.ts',
    find: 'const isEmpty = this.#meta.isEmpty() && this.#stream.newest() === null;',
    replace: 'const isEmpty = this.#meta.isEmpty() || this.#stream.newest() === null;',
    killedBy: EMBEDDED_STORE,
  },
  {
    name: 'dead-letters-expire-with-the-stream',
    about:
      'Rows that were refused disappear after a week instead of a month, before anybody has looked at them.',
    file: 'shared/sales-store/retention.ts',
    find: 'deadLettersBefore: (day - RETENTION.deadLetterDays) * DAY_MS,',
    replace: 'deadLettersBefore: (day - RETENTION.streamDays) * DAY_MS,',
    killedBy: EMBEDDED_STORE,
  },
  {
    name: 'lua-commit-ahead',
    about:
      'An aggregator that expects a later watermark than the store has commits all the same, and skips sales.',
    file: 'shared/sales-store/upstash/commit.ts',
    find: "if watermark ~= expected then return 'lost-race' end",
    replace: "if less(expected, watermark) then return 'lost-race' end",
    killedBy: REDIS_STORE,
  },
  {
    name: 'redis-trim-uncounted',
    about:
      'On Redis, sales that the aggregator has not counted yet are dropped with the old entries of the stream.',
    file: 'shared/sales-store/upstash/expire.ts',
    find: 'return compareEntryIds(byAge, afterWatermark) < 0 ? byAge : afterWatermark;',
    replace: 'return compareEntryIds(byAge, afterWatermark) > 0 ? byAge : afterWatermark;',
    killedBy: REDIS_STORE,
  },
];

const AGGREGATION: readonly PlantedMutation[] = [
  {
    name: 'business-day-in-utc',
    about: 'Sales of the evening are counted on the next day in every time zone west of Greenwich.',
    file: 'shared/calendar/business-clock.ts',
    find: 'Math.floor(wallClock(instant) / DAY_MS);',
    replace: 'Math.floor(instant / DAY_MS);',
    killedBy: AGGREGATE,
  },
  {
    name: 'slots-when-clocks-change',
    about:
      'On days on which clocks change, the live chart shows sales an hour off and the last hour nowhere.',
    file: 'shared/calendar/tick.ts',
    find: ': Math.floor((clock.minuteOf(instant) * 60_000) / TICK_MS);',
    replace: ': Math.floor((instant - start) / TICK_MS);',
    killedBy: AGGREGATE,
  },
  {
    name: 'milli-units-cut-off',
    about:
      'Weighed goods lose a thousandth here and there, because 1.005 is a little less in binary, and sums no longer add up.',
    file: 'shared/schemas/transaction.ts',
    find: 'return Math.round(units * 1000);',
    replace: 'return Math.trunc(units * 1000);',
    killedBy: ['test/unit/shared/schemas/transaction.test.ts'],
  },
];

const FEATURES: readonly PlantedMutation[] = [
  {
    name: 'lags-one-day-off',
    about:
      'The feature named lag_6 is the demand of seven days ago, so that models learn from other days than they are shown.',
    file: 'shared/features/demand-features.ts',
    find: 'out[at] = demand[lag] as number;',
    replace: 'out[at] = demand[lag + 1] as number;',
    killedBy: FEATURE_ROWS,
  },
  {
    name: 'anchor-of-another-weekday',
    about: 'A forecast for a Saturday starts from the usual sales of another weekday.',
    file: 'shared/features/weekday-levels.ts',
    find: 'return (DAYS_PER_WEEK - (h % DAYS_PER_WEEK)) % DAYS_PER_WEEK;',
    replace: 'return h % DAYS_PER_WEEK;',
    killedBy: FEATURE_ROWS,
  },
  {
    name: 'leak-past-the-origin',
    about:
      'Models are trained with the sales of the day that they forecast: backtests look splendid, live forecasts do not.',
    file: 'shared/features/origin-window.ts',
    find: 'const at = origin - history.firstDay;',
    replace: 'const at = origin - history.firstDay + 1;',
    killedBy: ['test/unit/shared/features/no-leak.test.ts'],
  },
  {
    name: 'promotion-plan-one-day-off',
    about: 'Planned promotions raise the forecast of the day after them.',
    file: 'shared/features/promotion-features.ts',
    find: 'const FIRST_TARGET = DAYS_BEFORE;',
    replace: 'const FIRST_TARGET = DAYS_BEFORE - 1;',
    killedBy: FEATURE_ROWS,
  },
  {
    name: 'closure-read-as-no-demand',
    about:
      'After three closed days in a row, forecasts are too low for weeks, because the closure counts as days without demand.',
    file: 'shared/features/origin-window.ts',
    find: 'if (days > LONGEST_CLOSURE_DAYS) return;',
    replace: 'if (days >= LONGEST_CLOSURE_DAYS) return;',
    killedBy: FEATURE_ROWS,
  },
  {
    name: 'transferred-holiday',
    about: 'A holiday that was moved to another date counts on both dates.',
    file: 'shared/features/holiday-calendar.ts',
    find: 'if (!isWithin(holiday.date, firstDate, lastDate) || holiday.transferred) continue;',
    replace: 'if (!isWithin(holiday.date, firstDate, lastDate)) continue;',
    killedBy: ['test/unit/shared/features/calendar-table.test.ts'],
  },
];

const FORECAST: readonly PlantedMutation[] = [
  {
    name: 'no-response-of-rare-families',
    about: 'A family of few stores has no promotion response in a chain whose trees see no plan.',
    file: 'workers/trainer/model/promotion-response/fit-promotion-response.ts',
    find: '.filter(([, own]) => isChain || hasEnough(own))',
    replace: '.filter(([, own]) => hasEnough(own))',
    killedBy: ['test/unit/workers/trainer/model/promotion-response/fit-promotion-response.test.ts'],
  },
  {
    name: 'families-by-size-of-their-stores',
    about: 'A family that only a large store carries is taken for one that sells well.',
    file: 'workers/trainer/model/series/categories-by-level.ts',
    find: "column === 'family' ? (storeLevels",
    replace: "column === 'none' ? (storeLevels",
    killedBy: ['test/unit/workers/trainer/model/series/categories-by-level.test.ts'],
  },
  {
    name: 'rounding-as-a-signal',
    about: 'Two means that differ by rounding alone have a sign, at which trees split.',
    file: 'shared/features/window-statistics.ts',
    find: 'const ROUNDING = 1e-9;',
    replace: 'const ROUNDING = -1;',
    killedBy: FEATURE_ROWS,
  },
  {
    name: 'lost-day-as-a-closure',
    about: 'An unknown last day counts as closed.',
    file: 'shared/features/target-features.ts',
    find: '>= first && isClosedOn(history, target - days - 1)',
    replace: '>= first && (target - days - 1 === last || isClosedOn(history, target - days - 1))',
    killedBy: FEATURE_ROWS,
  },
  {
    name: 'promotion-of-unknown-effect-alone',
    about: 'Without trees, a planned promotion of unknown effect leaves the day to the anchor.',
    file: 'shared/forecast/smoothing.ts',
    find: 'isAlone && Number.isNaN(planned) ? 0 : planned',
    replace: 'planned',
    killedBy: ['test/unit/shared/forecast/smoothing.test.ts'],
  },
  {
    name: 'guard-needs-both',
    about: 'A forecast with an absurd mean is served as long as its median is plausible.',
    file: 'shared/forecast/complete-forecast.ts',
    find: 'if (isPlausible(Math.expm1(z)) && isPlausible(means[i] as number)) return;',
    replace: 'if (isPlausible(Math.expm1(z)) || isPlausible(means[i] as number)) return;',
    killedBy: ['test/unit/shared/forecast/plausible-range.test.ts'],
  },
  {
    name: 'stock-out-as-demand',
    about: 'A product that is back after weeks out of stock is forecast at a fraction of its level.',
    file: 'shared/features/origin-window.ts',
    find: '  forgetStockOutsUpTo(origin, history, window.demand);\n',
    replace: '',
    killedBy: ['test/unit/shared/features/build-feature-rows.test.ts'],
  },
  {
    name: 'blend-not-served',
    about: 'The backtest scores a blend with smoothing, and the API serves the trees alone.',
    file: 'shared/forecast/forecast-series.ts',
    find: 'smoothingShare: manifest.smoothing_share ?? 0,',
    replace: 'smoothingShare: 0,',
    killedBy: ['test/unit/workers/trainer/evaluate/contenders.test.ts'],
  },
  {
    name: 'interval-below-zero',
    about: 'Slow sellers are forecast to sell less than nothing on a bad day.',
    file: 'shared/forecast/demand-intervals.ts',
    find: 'p10: Math.min(p50, Math.max(0, Math.expm1(z + residuals.p10))),',
    replace: 'p10: Math.min(p50, Math.expm1(z + residuals.p10)),',
    killedBy: ['test/unit/workers/trainer/evaluate/intervals/fit-intervals.test.ts'],
  },
  {
    name: 'cumulative-grows-while-closed',
    about: 'The demand up to a closed day has another interval than that up to the day before.',
    file: 'shared/forecast/demand-intervals.ts',
    find: 'if (isClosed(i)) return { mean, ...(before ?? NOTHING) };',
    replace: 'if (isClosed(i) && !before) return { mean, ...NOTHING };',
    killedBy: ['test/unit/workers/api/routes/forecasts.test.ts'],
  },
  {
    name: 'closed-day-sells',
    about: 'A store is forecast to sell on a day on which it is closed, and goods are ordered for it.',
    file: 'shared/forecast/forecast-series.ts',
    find: 'means: open(means),',
    replace: 'means,',
    killedBy: ['test/unit/workers/api/routes/forecasts.test.ts'],
  },
  {
    name: 'launch-foreseen',
    about:
      'A product on sale for 26 days is forecast at four times its level: trees have learned to add one.',
    file: 'workers/trainer/model/training-set/training-rows.ts',
    find: '        if (end <= launch && target >= launch) continue;\n',
    replace: '',
    killedBy: ['test/unit/workers/trainer/model/training-set/training-rows.test.ts'],
  },
  {
    name: 'lumps-multiplied',
    about: 'A product that sells one week in four is ordered three times over.',
    file: 'shared/forecast/expected-demand.ts',
    find: 'return Math.max(median, Math.min(expected, most));',
    replace: 'return Math.max(median, expected);',
    killedBy: ['test/unit/shared/forecast/expected-demand.test.ts'],
  },
  {
    name: 'threshold-above-its-gap',
    about: 'Days a little below any that trees were fitted on count among those without sales.',
    file: 'workers/trainer/model/recipe.ts',
    find: 'booster.load(centreThresholds(booster.save(), rows));',
    replace: 'booster.load(booster.save());',
    killedBy: ['test/unit/workers/trainer/model/recipe.test.ts'],
  },
];

const JUDGE = ['test/unit/workers/trainer/evaluate/gate-rules/judge.test.ts'];

const GATE: readonly PlantedMutation[] = [
  {
    name: 'tie-includes-clear-wins',
    about: 'A model that is clearly better is refused unless it has learned from newer days.',
    file: 'workers/trainer/evaluate/gate-rules/check-champion.ts',
    find: 'return min_gain === 0 && Math.abs(meanRatio - 1) <= tie;',
    replace: 'return min_gain === 0 && meanRatio - 1 <= tie;',
    killedBy: JUDGE,
  },
  {
    name: 'half-of-the-windows-is-enough',
    about: 'A model that wins as many windows as it loses goes into service.',
    file: 'workers/trainer/evaluate/gate-rules/check-champion.ts',
    find: "return check('windows', won > min_win_share * decided, detail);",
    replace: "return check('windows', won >= min_win_share * decided, detail);",
    killedBy: JUDGE,
  },
  {
    name: 'absurd-share-rounded-up',
    about: 'A model with more absurd forecasts than the rules allow goes into service.',
    file: 'workers/trainer/evaluate/gate-rules/judge.ts',
    find: 'const most = Math.floor(rules.max_absurd_share * points);',
    replace: 'const most = Math.ceil(rules.max_absurd_share * points);',
    killedBy: JUDGE,
  },
  {
    name: 'champion-of-the-same-day',
    about:
      'A second training on the same day compares with no champion, and a worse model goes into service.',
    file: 'workers/trainer/evaluate/gate/champion-comparison.ts',
    find: 'if (dayNow(training.last_day) > lastClosed) {',
    replace: 'if (dayNow(training.last_day) >= lastClosed) {',
    killedBy: ['test/unit/workers/trainer/evaluate/gate/champion-comparison.test.ts'],
  },
  {
    name: 'champion-scored-on-days-it-has-seen',
    about:
      'The model in service is compared by its forecasts of days that it has learned from, and no challenger ever beats it.',
    file: 'workers/trainer/evaluate/gate/champion-comparison.ts',
    find: 'else if (comparedChampion.movedDays !== null && comparedChampion.lastDay <= result.origin) {',
    replace:
      'else if (comparedChampion.movedDays !== null && comparedChampion.lastDay <= result.origin + HORIZON) {',
    killedBy: ['test/unit/workers/trainer/evaluate/gate/pair-windows.test.ts'],
  },
];

const PUBLICATION: readonly PlantedMutation[] = [
  {
    name: 'pointer-before-the-manifest',
    about:
      'A publication that breaks off leaves a pointer to a publication that is not there, and nothing is served.',
    file: 'shared/artifacts/publication-pointer.ts',
    find: 'await store.put(objectKeys.publication(manifest.id), text);',
    replace: 'setTimeout(() => store.put(objectKeys.publication(manifest.id), text), 1);',
    killedBy: ['test/unit/workers/trainer/publish/interrupted-publication.test.ts'],
  },
  {
    name: 'pointer-over-whatever-is-there',
    about:
      'A publication overwrites what somebody else has put into service since it compared itself with the champion.',
    file: 'shared/artifacts/publication-pointer.ts',
    find: '(await store.put(objectKeys.current, text, { etag: before?.etag ?? null })) !== null',
    replace: '(await store.put(objectKeys.current, text)) !== null && before !== undefined',
    killedBy: ['test/unit/workers/trainer/publish/overtaken-publication.test.ts'],
  },
  {
    name: 'contents-used-again-at-any-age',
    about:
      'A publication goes into service with objects that pruning is just removing, because none named them.',
    file: 'workers/trainer/publish/dataset/write-contents.ts',
    find: 'age >= REUSE_AGE_MS ? copy : undefined',
    replace: 'age >= Number.POSITIVE_INFINITY ? copy : undefined',
    killedBy: ['test/unit/workers/trainer/publish/publish-dataset.test.ts'],
  },
  {
    name: 'pruning-of-young-objects',
    about: 'Pruning removes what a publication in progress has written and is about to name.',
    file: 'workers/trainer/publish/prune-models.ts',
    find: 'now.getTime() - modifiedAt.getTime() >= PRUNE_AGE_MS',
    replace: 'now.getTime() - modifiedAt.getTime() >= 0',
    killedBy: ['test/unit/workers/trainer/publish/prune-models.test.ts'],
  },
  {
    name: 'pruning-without-a-mark',
    about:
      'A model that is promoted while old ones are removed is removed as well, and nothing can be served.',
    file: 'workers/trainer/publish/prune-models.ts',
    find: 'if (over?.etag && versions.length > 0) {',
    replace: 'if (over?.etag && versions.length < 0) {',
    killedBy: ['test/unit/workers/trainer/publish/prune-models.test.ts'],
  },
  {
    name: 'model-bytes-unchecked',
    about: 'A model file that was damaged on its way is served.',
    file: 'shared/artifacts/load-model.ts',
    find: "  await verifyBytes(manifest, 'model.packed', packed);\n",
    replace: '',
    killedBy: ['test/unit/workers/api/routes/models-champion.test.ts'],
  },
];

const API: readonly PlantedMutation[] = [
  {
    name: 'only-the-last-key',
    about: 'While keys are being exchanged, senders with the earlier key are turned away.',
    file: 'workers/api/access/bearer-keys.ts',
    find: 'known = sameText(digest, expected) || known;',
    replace: 'known = sameText(digest, expected);',
    killedBy: ['test/unit/workers/api/routes/transactions/security.test.ts'],
  },
  {
    name: 'problem-with-status-400',
    about:
      'Clients do not try again when the API is not available for a moment, because it says that the request is wrong.',
    file: 'workers/api/problems/send-problem.ts',
    find: 'return c.body(JSON.stringify(problem), problem.status as 400);',
    replace: 'return c.body(JSON.stringify(problem), 400);',
    killedBy: ['test/unit/workers/api/app.test.ts'],
  },
  {
    name: 'etag-without-the-sales',
    about: "A client that asks again keeps yesterday's forecast until a new model goes into service.",
    file: 'workers/api/routes/forecasts.ts',
    find: '...[...parts, watermark, key, catalog.etag, planned.etag],',
    replace: '...[...parts, key, catalog.etag, planned.etag],',
    killedBy: ['test/unit/workers/api/routes/forecasts.test.ts'],
  },
];

const HEALTH = ['test/unit/workers/api/routes/health.test.ts'];
const FOLLOW_UPS = ['test/unit/workers/aggregator/follow-up.test.ts'];

const OPERATION: readonly PlantedMutation[] = [
  {
    name: 'failures-that-never-last',
    about: 'A tick that has failed all night is as serious as one that failed once, and nobody is woken.',
    file: 'workers/api/queries/judge-pipeline.ts',
    find: "status: failures >= LASTING ? 'failing' : 'degraded',\n        detail: late",
    replace: "status: 'degraded',\n        detail: late",
    killedBy: HEALTH,
  },
  {
    name: 'backlog-by-the-newest-entry',
    about: 'Deliveries that have waited for hours look young as long as new ones come in.',
    file: 'workers/api/queries/judge-pipeline.ts',
    find: 'if (backlogAge(status, now) <= LATE_MS) return',
    replace: 'if (status.oldestWaiting !== null) return',
    killedBy: HEALTH,
  },
  {
    name: 'follow-ups-without-a-budget',
    about: 'A backlog takes all that the free plan has for the day.',
    file: 'workers/aggregator/follow-up.ts',
    find: 'Math.max(0, perHour - taken)',
    replace: 'Math.max(0, perHour)',
    killedBy: FOLLOW_UPS,
  },
  {
    name: 'loss-reported-once',
    about: 'Health forgets with the next tick that the store has lost sales.',
    file: 'workers/aggregator/follow-up.ts',
    find: 'mergeLosses(last?.loss ?? null, found, now)',
    replace: 'found',
    killedBy: FOLLOW_UPS,
  },
  {
    name: 'leftover-by-process-id',
    about: "After a reboot, npm start kills another program's workerd that got the process id of its own.",
    file: 'workers/local/processes/leftover-processes.ts',
    find: 'pid === found.pid && startedAt === found.startedAt',
    replace: 'pid === found.pid && startedAt.length > 0',
    killedBy: ['test/unit/workers/local/system/leftover-runtime.test.ts'],
  },
  {
    name: 'lock-that-locks-nobody-out',
    about:
      'Two systems write to one data directory, because they have different directories for temporary files.',
    file: 'workers/local/system/instance-lock.ts',
    find: 'const path = join(realpathSync(directory), LOCK);',
    replace: 'const path = join(tmpdir(), LOCK);',
    killedBy: ['test/unit/workers/local/system/instance-lock.test.ts'],
  },
  {
    name: 'removed-lock-lets-a-second-start-in',
    about: 'Two systems write to one data directory once somebody has removed the files of the lock.',
    file: 'workers/local/system/instance-lock.ts',
    find: 'return findHolderOfRemoved(path);',
    replace: 'return null;',
    killedBy: ['test/unit/workers/local/system/instance-lock.test.ts'],
  },
  {
    name: 'slow-disk-taken-for-a-hang',
    about: 'A workerd that a slow disk holds up is killed again and again, until npm start gives up.',
    file: 'workers/local/processes/hang-detector.ts',
    find: 'now.transfers !== before.transfers',
    replace: "now.transfers === ''",
    killedBy: ['test/unit/workers/local/processes/hang-detector.test.ts'],
  },
  {
    name: 'broken-connection-ends-the-proof',
    about: 'npm run reconcile fails with "fetch failed" where counting a page took seconds.',
    file: 'workers/local/reconcile/retried-reads.ts',
    find: "error.message === 'fetch failed'",
    replace: "error.message === ''",
    killedBy: ['test/unit/workers/local/reconcile/retried-reads.test.ts'],
  },
  {
    name: 'copy-that-ends-the-original',
    about: 'npm start on a copy of a data directory kills the system that runs on the original.',
    file: 'workers/local/processes/directory-note.ts',
    find: 'found.directory !== identityOf(directory)',
    replace: "found.directory === ''",
    killedBy: ['test/unit/workers/local/system/leftover-runtime.test.ts'],
  },
  {
    name: 'older-copy-unnoticed',
    about:
      'A store that was restored from an older copy starts without a word about the sales that it lacks.',
    file: 'workers/local/system/sales-memory.ts',
    find: 'if (loss === null) return [];',
    replace: 'if (loss === null || loss.from !== null) return [];',
    killedBy: ['test/unit/workers/local/system/sales-memory.test.ts'],
  },
  {
    name: 'proof-of-nothing',
    about: 'Reconcile says proven where nothing could be compared.',
    file: 'workers/local/reconcile/report.ts',
    find: 'coverage.some(({ notProvable }) => notProvable.length > 0),',
    replace: 'coverage.some(({ notProvable, periods }) => notProvable.length > periods),',
    killedBy: ['test/unit/workers/local/reconcile/proof-ledger.test.ts'],
  },
];

/** In the order in which they are planted. */
export const MUTATIONS: readonly PlantedMutation[] = [
  ...SALES_STORE,
  ...AGGREGATION,
  ...FEATURES,
  ...FORECAST,
  ...GATE,
  ...PUBLICATION,
  ...API,
  ...OPERATION,
];
