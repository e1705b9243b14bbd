-- Every feature of the model in SQL over the long tables of a dataset: an oracle that shares neither code nor approach
-- with shared/features. One row per sample (series, origin, h); NULL where a value is unknown.
--
-- Tables: facts(shift_days), stores, series(series, store_nbr, family), sales(series, day, milli_units): known days only,
-- promotions(series, day, items): days with items only, closures(store_nbr, day), tickets(store_nbr, day, tickets),
-- holidays, oil, samples(id, series, origin, h).
WITH
origins AS (
  SELECT DISTINCT s.series, s.origin, r.store_nbr FROM samples s JOIN series r USING (series)
),
-- The 140 days up to the origin, the origin being k = 0.
raw_past AS (
  SELECT
    o.series, o.origin, k, o.origin - k::INTEGER AS day, sales.milli_units,
    CASE WHEN t.tickets > 0 THEN t.tickets END AS tickets,
    coalesce(p.items, 0) AS items
  FROM origins o
  CROSS JOIN range(0, 140) AS days(k)
  LEFT JOIN sales ON sales.series = o.series AND sales.day = o.origin - k::INTEGER
  LEFT JOIN tickets t ON t.store_nbr = o.store_nbr AND t.day = o.origin - k::INTEGER
  LEFT JOIN promotions p ON p.series = o.series AND p.day = o.origin - k::INTEGER
),
-- At a store that counts tickets, a day without any, or with few of them, may be a closure.
quiet_past AS (
  SELECT
    *,
    count(tickets) OVER origin_days > 0 AS has_tickets,
    count(tickets) OVER origin_days > 0 AND CASE
      WHEN tickets IS NULL THEN coalesce(milli_units, -1) <= 0
      ELSE tickets < 0.3 * avg(tickets) OVER origin_days
    END AS is_quiet
  FROM raw_past
  WINDOW origin_days AS (PARTITION BY series, origin)
),
-- Up to three quiet days in a row are a closure: neighbours differ from their rank among the quiet by the same number.
islands AS (
  SELECT *, k - row_number() OVER (PARTITION BY series, origin, is_quiet ORDER BY k) AS island FROM quiet_past
),
open_past AS (
  SELECT
    series, origin, k, k % 7 AS lag, items, has_tickets,
    ln(1 + tickets) AS log_tickets,
    ln(1 + items) AS log_items,
    CASE
      WHEN milli_units IS NULL THEN NULL
      WHEN is_quiet AND count(*) OVER (PARTITION BY series, origin, is_quiet, island) <= 3 THEN NULL
      ELSE ln(1 + milli_units / 1000.0)
    END AS demand
  FROM islands
),
-- Silences: known days without demand in a row, unknown ones in between.
silences AS (
  SELECT series, origin, min(k) AS first_k, max(k) AS last_k, count(*) AS days
  FROM (
    SELECT
      *,
      row_number() OVER (PARTITION BY series, origin ORDER BY k)
      - row_number() OVER (PARTITION BY series, origin, demand = 0 ORDER BY k) AS silence
    FROM open_past WHERE demand IS NOT NULL
  )
  WHERE demand = 0
  GROUP BY series, origin, silence
),
-- With how many others at least half as long.
silence_habits AS (
  SELECT one.series, one.origin, one.first_k, one.last_k, one.days, count(other.days) AS alike
  FROM silences one
  LEFT JOIN silences other
    ON other.series = one.series AND other.origin = one.origin
    AND other.first_k <> one.first_k AND 2 * other.days >= one.days
  GROUP BY ALL
),
sold AS (
  SELECT
    series, origin,
    count(demand) AS known_days,
    count(*) FILTER (demand = 0) AS zeros,
    min(k) FILTER (demand > 0) AS newest_sale,
    max(k) FILTER (demand > 0) AS oldest_sale
  FROM open_past GROUP BY series, origin
),
sold_before AS (
  SELECT DISTINCT o.series, o.origin
  FROM origins o JOIN sales ON sales.series = o.series
  WHERE milli_units > 0 AND o.origin - sales.day BETWEEN 140 AND 391
),
-- One that is over is a stock-out if neither chance nor habit explains it. Zeros before the first sale are no demand in
-- the first four weeks after it.
stock_outs AS (
  SELECT series, origin, first_k, last_k
  FROM silence_habits
  JOIN sold USING (series, origin)
  LEFT JOIN (SELECT *, true AS has_sold_before FROM sold_before) USING (series, origin)
  WHERE (
      ((oldest_sale > last_k OR coalesce(has_sold_before, false)) AND alike < 2 AND known_days - days >= 7)
      OR (oldest_sale < first_k AND known_days - days BETWEEN 3 AND 27)
    )
    AND pow((zeros - days + 1) / (known_days - days + 2), days) < 0.001
    AND newest_sale < first_k
),
known_past AS (
  SELECT
    series, origin, k, lag, items, has_tickets, log_tickets, log_items,
    CASE
      WHEN EXISTS (
        SELECT 1 FROM stock_outs o
        WHERE o.series = p.series AND o.origin = p.origin AND p.k BETWEEN o.first_k AND o.last_k
      ) THEN NULL
      ELSE demand
    END AS demand
  FROM open_past p
),
-- The usual level of each weekday of the last four weeks, without outliers.
weekday_distances AS (
  SELECT *, abs(demand - median_4) AS distance
  FROM (
    SELECT
      series, origin, lag, demand,
      median(demand) OVER (PARTITION BY series, origin, lag) AS median_4
    FROM known_past WHERE k < 28
  )
),
outlier_limits AS (
  SELECT series, origin, greatest(1, coalesce(5 * median(distance), 1)) AS outlier_limit
  FROM weekday_distances GROUP BY series, origin
),
weekday_levels AS (
  SELECT
    series, origin, lag,
    coalesce(
      avg(demand) FILTER (median_4 = 0 OR distance <= outlier_limit),
      any_value(median_4)
    ) AS level
  FROM weekday_distances JOIN outlier_limits USING (series, origin)
  GROUP BY series, origin, lag
),
known_means AS (
  SELECT
    series, origin,
    count(demand) AS known_days,
    avg(demand) FILTER (k < 28) AS recent,
    avg(demand) AS long_past
  FROM known_past GROUP BY series, origin
),
weekday_shifts AS (
  SELECT
    series, origin, lag,
    coalesce((avg(demand) - any_value(long_past)) * count(demand) / (count(demand) + 2), 0) AS shift
  FROM known_past JOIN known_means USING (series, origin)
  GROUP BY series, origin, lag
),
anchors AS (
  SELECT
    series, origin, lag, known_days,
    CASE
      WHEN level IS NOT NULL THEN level
      WHEN known_days = 0 THEN 0
      ELSE greatest(0, coalesce(recent, long_past) + shift)
    END AS anchor,
    CASE WHEN level IS NOT NULL THEN 0 WHEN recent IS NOT NULL THEN 1 ELSE 2 END AS anchor_kind
  FROM weekday_levels
  JOIN known_means USING (series, origin)
  JOIN weekday_shifts USING (series, origin, lag)
),
-- An unknown day of the last four weeks has its weekday's anchor.
past AS (
  SELECT
    series, origin, k, items, has_tickets, log_tickets, log_items,
    coalesce(demand, CASE WHEN k < 28 AND known_days > 0 THEN anchor END) AS demand
  FROM known_past JOIN anchors USING (series, origin, lag)
),
by_origin AS (
  SELECT
    series, origin,
    bool_or(has_tickets) AS has_tickets,
    max(demand) FILTER (k = 0) AS lag_0,
    max(demand) FILTER (k = 1) AS lag_1,
    max(demand) FILTER (k = 2) AS lag_2,
    max(demand) FILTER (k = 3) AS lag_3,
    max(demand) FILTER (k = 4) AS lag_4,
    max(demand) FILTER (k = 5) AS lag_5,
    max(demand) FILTER (k = 6) AS lag_6,
    max(demand) FILTER (k = 13) AS lag_13,
    max(demand) FILTER (k = 20) AS lag_20,
    max(demand) FILTER (k = 27) AS lag_27,
    avg(demand) FILTER (k < 3) AS mean_3,
    avg(demand) FILTER (k < 7) AS mean_7,
    avg(demand) FILTER (k < 14) AS mean_14,
    avg(demand) FILTER (k < 28) AS mean_28,
    avg(demand) FILTER (k < 60) AS mean_60,
    avg(demand) AS mean_140,
    avg(demand) FILTER (k BETWEEN 7 AND 13) AS mean_7_week_before,
    sum(demand * pow(0.9, k)) FILTER (k < 60) / sum(pow(0.9, k)) FILTER (k < 60 AND demand IS NOT NULL)
      AS decayed_mean_60,
    stddev_samp(demand) FILTER (k < 28) AS deviation_28,
    min(demand) FILTER (k < 28) AS minimum_28,
    max(demand) FILTER (k < 28) AS maximum_28,
    median(demand) FILTER (k < 28) AS median_28,
    count(*) FILTER (k < 28 AND demand = 0) / nullif(count(demand) FILTER (k < 28), 0) AS zero_share_28,
    coalesce(min(k) FILTER (demand > 0), 140) AS days_since_sale,
    avg(demand) FILTER (items > 0) AS mean_promoted,
    avg(demand) FILTER (items = 0) AS mean_unpromoted,
    count(*) FILTER (k < 28 AND items > 0) / 28 AS promotion_share_28,
    coalesce(min(k) FILTER (items > 0), 140) AS days_since_promotion,
    max(log_tickets) FILTER (k = 0) AS tickets_last,
    avg(log_tickets) FILTER (k < 7) AS tickets_mean_7,
    avg(log_tickets) FILTER (k < 28) AS tickets_mean_28
  FROM past
  GROUP BY series, origin
),
-- The last price known on each of the 56 days up to the origin.
oil_days AS (
  SELECT o.origin, k, oil.price
  FROM (SELECT DISTINCT origin FROM origins) o
  CROSS JOIN range(0, 56) AS days(k)
  ASOF LEFT JOIN oil ON oil.day <= o.origin - k::INTEGER
),
oil_by_origin AS (
  SELECT
    origin,
    avg(price) FILTER (k < 28) AS oil_mean_28,
    avg(price) FILTER (k < 28) - avg(price) FILTER (k >= 28) AS oil_change
  FROM oil_days
  GROUP BY origin
),
-- Categories are coded in their order from 0: numbers by value, texts by code point.
store_codes AS (
  SELECT
    store_nbr AS store,
    city AS city_name,
    state AS state_name,
    dense_rank() OVER (ORDER BY store_nbr) - 1 AS store_nbr,
    dense_rank() OVER (ORDER BY city) - 1 AS city,
    dense_rank() OVER (ORDER BY state) - 1 AS state,
    dense_rank() OVER (ORDER BY type) - 1 AS type,
    dense_rank() OVER (ORDER BY cluster) - 1 AS cluster
  FROM stores
),
family_codes AS (
  SELECT family AS family_name, dense_rank() OVER (ORDER BY family) - 1 AS family
  FROM (SELECT DISTINCT family FROM series)
),
-- Whole numbers read from a file are BIGINT, which a DATE does not take.
moved AS (
  SELECT shift_days::INTEGER AS shift_days FROM facts
),
targets AS (
  SELECT
    s.id, s.series, s.origin, s.h::INTEGER AS h, r.store_nbr AS store, r.family AS family_name,
    s.origin + s.h::INTEGER AS target,
    s.origin + s.h::INTEGER - m.shift_days AS source_target,
    m.shift_days
  FROM samples s JOIN series r USING (series) CROSS JOIN moved m
),
-- The last twenty days with the target's weekday, the newest being week = 0.
same_weekdays AS (
  SELECT t.id, (p.k - mod(7 - mod(t.h, 7), 7)) // 7 AS week, p.demand, p.log_items, p.log_tickets
  FROM targets t
  JOIN past p ON p.series = t.series AND p.origin = t.origin AND isodow(t.origin - p.k::INTEGER) = isodow(t.target)
),
target_anchors AS (
  SELECT t.id, a.anchor, a.anchor_kind
  FROM targets t
  JOIN anchors a ON a.series = t.series AND a.origin = t.origin AND a.lag = mod(7 - mod(t.h, 7), 7)
),
by_weekday AS (
  SELECT
    id,
    max(demand) FILTER (week = 0) AS weekday_last,
    avg(demand) FILTER (week < 4) AS weekday_mean_4,
    avg(demand) FILTER (week < 8) AS weekday_mean_8,
    avg(demand) FILTER (week < 20) AS weekday_mean_20,
    min(demand) FILTER (week < 4) AS weekday_minimum_4,
    any_value(anchor) AS weekday_level,
    any_value(anchor_kind) AS anchor_kind,
    sum(log_items) FILTER (week < 4) / 4 AS weekday_promotion,
    avg(log_tickets) FILTER (week < 4) AS weekday_tickets
  FROM same_weekdays JOIN target_anchors USING (id)
  GROUP BY id
),
-- Demand from 391 days before the origin to the third day after the last target, a year of whole weeks ago.
year_ago_days AS (
  SELECT
    t.id, sales.day - (t.origin - 364) AS ahead, t.h,
    CASE
      WHEN sales.milli_units = 0 AND o.has_tickets AND coalesce(k.tickets, -1) <= 0 THEN NULL
      ELSE ln(1 + sales.milli_units / 1000.0)
    END AS demand
  FROM targets t
  JOIN by_origin o USING (series, origin)
  JOIN sales ON sales.series = t.series AND sales.day BETWEEN t.origin - 364 - 27 AND t.origin - 364 + 19
  LEFT JOIN tickets k ON k.store_nbr = t.store AND k.day = sales.day
),
by_year_ago AS (
  SELECT
    id,
    max(demand) FILTER (ahead = h) AS year_ago,
    avg(demand) FILTER (ahead BETWEEN h - 3 AND h + 3) AS year_ago_mean_7,
    avg(demand) FILTER (ahead BETWEEN -27 AND 0) AS year_ago_level
  FROM year_ago_days
  GROUP BY id
),
-- The source's date a year before; 29 February looks back to 1 March.
same_dates AS (
  SELECT t.id, ln(1 + sales.milli_units / 1000.0) AS same_date
  FROM targets t
  JOIN sales ON sales.series = t.series AND sales.day = t.shift_days + CASE
    WHEN month(t.source_target) = 2 AND day(t.source_target) = 29 THEN make_date(year(t.source_target) - 1, 3, 1)
    ELSE make_date(year(t.source_target) - 1, month(t.source_target), day(t.source_target))
  END
),
planned AS (
  SELECT
    t.id,
    coalesce(max(p.items) FILTER (p.day = t.target), 0) AS items,
    count(*) FILTER (p.day = t.target - 1) AS promotion_day_before,
    count(*) FILTER (p.day = t.target + 1) AS promotion_day_after,
    count(*) FILTER (p.day BETWEEN t.target - 7 AND t.target - 1) / 7 AS promotion_share_week_before,
    CASE WHEN any_value(t.h) > 1
      THEN count(*) FILTER (p.day BETWEEN t.origin + 1 AND t.target - 1) / (any_value(t.h) - 1)
    END AS promotion_share_ahead
  FROM targets t
  LEFT JOIN promotions p ON p.series = t.series AND p.items > 0 AND p.day BETWEEN t.origin - 30 AND t.target + 1
  GROUP BY t.id
),
-- Of the origin and the 17 days after it, those on which the store is closed.
closed_ahead AS (
  SELECT t.id, c.day
  FROM targets t
  JOIN closures c ON c.store_nbr = t.store AND c.day BETWEEN t.origin AND t.origin + 17
  LEFT JOIN sales l ON l.series = t.series AND l.day = t.origin
  WHERE c.day > t.origin OR l.milli_units IS NULL
),
closed_around AS (
  SELECT
    t.id,
    least(7, coalesce(min(n.days) FILTER (b.day IS NULL), 9) - 1) AS closed_days_before,
    least(7, coalesce(min(n.days) FILTER (a.day IS NULL), 9) - 1) AS closed_days_after
  FROM targets t
  CROSS JOIN (SELECT unnest(range(1, 9))::INTEGER AS days) n
  LEFT JOIN closed_ahead b ON b.id = t.id AND b.day = t.target - n.days
  LEFT JOIN closed_ahead a ON a.id = t.id AND a.day = t.target + n.days
  GROUP BY t.id
),
-- Holidays as they are kept: an original that was transferred is an ordinary day.
kept_holidays AS (
  SELECT day, type, locale, locale_name, type IN ('Holiday', 'Transfer') AS is_off
  FROM holidays WHERE NOT transferred
),
holidays_here AS (
  SELECT t.id, k.type, k.locale, k.is_off
  FROM targets t
  JOIN store_codes s ON s.store = t.store
  JOIN kept_holidays k ON k.day = t.target AND CASE k.locale
    WHEN 'National' THEN TRUE
    WHEN 'Regional' THEN k.locale_name = s.state_name
    ELSE k.locale_name = s.city_name
  END
),
by_holiday AS (
  SELECT
    t.id,
    count(*) FILTER (x.is_off AND x.locale = 'National') AS national_holiday,
    count(*) FILTER (x.is_off AND x.locale = 'Regional') AS regional_holiday,
    count(*) FILTER (x.is_off AND x.locale = 'Local') AS local_holiday,
    count(*) FILTER (x.type = 'Bridge') AS holiday_bridge,
    count(*) FILTER (x.type = 'Additional') AS holiday_additional,
    count(*) FILTER (x.type = 'Event') AS holiday_event,
    count(*) FILTER (x.type = 'Work Day') AS holiday_work_day
  FROM targets t LEFT JOIN holidays_here x USING (id)
  GROUP BY t.id
),
national_distances AS (
  SELECT
    t.id,
    least(30, coalesce(min(t.target - k.day) FILTER (k.day <= t.target), 30)) AS days_since_national_holiday,
    least(30, coalesce(min(k.day - t.target) FILTER (k.day >= t.target), 30)) AS days_until_national_holiday
  FROM targets t
  LEFT JOIN kept_holidays k ON k.is_off AND k.locale = 'National' AND abs(k.day - t.target) <= 30
  GROUP BY t.id
),
-- Paydays: the 15th and the last day of each month, from before the first source date to after the last.
paydays AS (
  SELECT unnest([month_start::DATE + 14, last_day(month_start::DATE)]) AS payday
  FROM generate_series(DATE '2000-01-01', DATE '2060-01-01', INTERVAL 1 MONTH) AS months(month_start)
),
by_payday AS (
  SELECT
    t.id,
    min(t.source_target - p.payday) FILTER (p.payday <= t.source_target) AS days_since_payday,
    min(p.payday - t.source_target) FILTER (p.payday >= t.source_target) AS days_until_payday
  FROM targets t JOIN paydays p ON abs(p.payday - t.source_target) <= 31
  GROUP BY t.id
)
SELECT
  t.id,
  o.lag_0, o.lag_1, o.lag_2, o.lag_3, o.lag_4, o.lag_5, o.lag_6, o.lag_13, o.lag_20, o.lag_27,
  o.mean_3, o.mean_7, o.mean_14, o.mean_28, o.mean_60, o.mean_140, o.mean_7_week_before, o.decayed_mean_60,
  o.deviation_28, o.minimum_28, o.maximum_28, o.median_28, o.zero_share_28, o.days_since_sale,
  o.mean_promoted, o.mean_unpromoted,
  o.mean_7 - o.mean_28 AS momentum_7,
  o.mean_28 - o.mean_140 AS momentum_28,
  o.lag_0 - o.mean_7 AS last_over_mean,
  o.promotion_share_28, o.days_since_promotion,
  o.tickets_last, o.tickets_mean_7, o.tickets_mean_28,
  o.tickets_mean_7 - o.tickets_mean_28 AS tickets_momentum,
  oil.oil_mean_28, oil.oil_change,
  s.store_nbr, f.family, s.city, s.state, s.type, s.cluster,
  t.h AS horizon,
  w.weekday_last, w.weekday_mean_4, w.weekday_mean_8, w.weekday_mean_20, w.weekday_level, w.anchor_kind,
  w.weekday_last - w.weekday_level AS weekday_last_over_level,
  w.weekday_mean_4 - w.weekday_level AS weekday_mean_over_level,
  w.weekday_minimum_4 - w.weekday_level AS weekday_minimum_over_level,
  w.weekday_level - w.weekday_mean_20 AS weekday_momentum,
  w.weekday_mean_20 - o.mean_140 AS weekday_over_mean,
  o.mean_28 - w.weekday_level AS mean_over_weekday,
  w.weekday_promotion, w.weekday_tickets,
  coalesce(y.year_ago, y.year_ago_mean_7) AS year_ago, y.year_ago_mean_7,
  y.year_ago_mean_7 - y.year_ago_level AS year_ago_change,
  coalesce(d.same_date, y.year_ago_mean_7) - y.year_ago_mean_7 AS same_date_change,
  (p.items > 0)::INTEGER AS promotion,
  ln(1 + p.items) AS promotion_items,
  ln(1 + p.items) - w.weekday_promotion AS promotion_change,
  p.promotion_day_before, p.promotion_day_after, p.promotion_share_week_before, p.promotion_share_ahead,
  c.closed_days_before, c.closed_days_after,
  isodow(t.target) AS day_of_week,
  day(t.source_target) AS day_of_month,
  month(t.source_target) AS month,
  dayofyear(t.source_target) AS day_of_year,
  weekofyear(t.source_target) AS iso_week,
  m.days_since_payday, m.days_until_payday,
  least(1, x.national_holiday) AS national_holiday,
  least(1, x.regional_holiday) AS regional_holiday,
  least(1, x.local_holiday) AS local_holiday,
  least(1, x.holiday_bridge) AS holiday_bridge,
  least(1, x.holiday_additional) AS holiday_additional,
  least(1, x.holiday_event) AS holiday_event,
  least(1, x.holiday_work_day) AS holiday_work_day,
  n.days_since_national_holiday, n.days_until_national_holiday
FROM targets t
JOIN by_origin o USING (series, origin)
JOIN oil_by_origin oil USING (origin)
JOIN store_codes s ON s.store = t.store
JOIN family_codes f USING (family_name)
JOIN by_weekday w USING (id)
LEFT JOIN by_year_ago y USING (id)
LEFT JOIN same_dates d USING (id)
JOIN planned p USING (id)
JOIN closed_around c USING (id)
LEFT JOIN sales l ON l.series = t.series AND l.day = t.origin
JOIN by_payday m USING (id)
JOIN by_holiday x USING (id)
JOIN national_distances n USING (id)
ORDER BY t.id
