-- The starter metrics and health of a business with events and subscriptions, written by
-- hand for DuckDB: the yardstick of full_history.py. It knows everything beforehand that
-- Banso reads from definitions: which metrics are on, that days are Tokyo's, that nothing
-- became known late and nothing is stale.
-- {events}, {subscriptions}: lists of Parquet files; {first}, {last}: as-of dates.

CREATE TEMP TABLE days AS
SELECT customer_id, contact_id, d, count(*) AS n
FROM (
    SELECT customer_id, contact_id,
           CAST(occurred_at + INTERVAL 9 HOUR AS DATE) - DATE '1970-01-01' AS d
    FROM read_parquet({events})
)
GROUP BY ALL;

CREATE TEMP TABLE dates AS
SELECT i AS p, DATE '{first}' + CAST(7 * i AS INTEGER) AS as_of,
       (DATE '{first}' - DATE '1970-01-01') + 7 * i AS a
FROM range(-8, (DATE '{last}' - DATE '{first}') // 7 + 1) AS t(i);

CREATE TEMP TABLE customers AS
SELECT customer_id, min(started_on) - DATE '1970-01-01' AS first_day
FROM read_parquet({subscriptions}) GROUP BY 1;

CREATE TEMP TABLE weekly AS
SELECT customer_id, (d - f.day + 6) // 7 AS p, sum(n) AS n, count(*) AS active, max(d) AS last
FROM (SELECT customer_id, d, sum(n) AS n FROM days GROUP BY ALL),
     (SELECT DATE '{first}' - DATE '1970-01-01' AS day) AS f
GROUP BY ALL;

CREATE TEMP TABLE people AS
WITH spells AS (
    SELECT customer_id, d, lead(d) OVER (PARTITION BY customer_id, contact_id ORDER BY d) AS n
    FROM days WHERE contact_id IS NOT NULL
), edges AS (
    SELECT customer_id, d AS e, 1 AS w7, 1 AS w28, 0 AS w56, 1 AS w180 FROM spells
    UNION ALL SELECT customer_id, d + 28, 0, 0, 1, 0 FROM spells
    UNION ALL SELECT customer_id, least(d + 7, coalesce(n, d + 7)), -1, 0, 0, 0 FROM spells
    UNION ALL SELECT customer_id, least(d + 28, coalesce(n, d + 28)), 0, -1, 0, 0 FROM spells
    UNION ALL SELECT customer_id, least(d + 56, coalesce(n + 28, d + 56)), 0, 0, -1, 0 FROM spells
    UNION ALL SELECT customer_id, least(d + 180, coalesce(n, d + 180)), 0, 0, 0, -1 FROM spells
)
SELECT customer_id, greatest((e - f.day + 6) // 7, -8) AS p,
       sum(w7) AS w7, sum(w28) AS w28, sum(w56) AS w56, sum(w180) AS w180
FROM edges, (SELECT DATE '{first}' - DATE '1970-01-01' AS day,
                    DATE '{last}' - DATE '1970-01-01' AS last) AS f
WHERE e <= f.last
GROUP BY ALL;

CREATE TEMP TABLE contracts AS
WITH steps AS (
    SELECT customer_id, started_on AS on_day, mrr, coalesce(seats, 0) AS seats, 1 AS lines,
           started_on - DATE '1970-01-01' AS changed
    FROM read_parquet({subscriptions})
    UNION ALL
    SELECT customer_id, ended_on, -mrr, -coalesce(seats, 0), -1, NULL
    FROM read_parquet({subscriptions}) WHERE ended_on IS NOT NULL
)
SELECT customer_id, greatest((on_day - DATE '{first}' + 6) // 7, -8) AS p,
       sum(mrr) AS mrr, sum(seats) AS seats, sum(lines) AS lines, max(changed) AS changed
FROM steps WHERE on_day <= DATE '{last}' GROUP BY ALL;

CREATE TEMP TABLE sums AS
WITH cells AS (
    SELECT c.customer_id, c.first_day, t.p, t.as_of, t.a,
           w.n, w.active, w.last, q.w7, q.w28, q.w56, q.w180, k.mrr, k.seats, k.lines, k.changed
    FROM customers c CROSS JOIN dates t
    LEFT JOIN weekly w USING (customer_id, p)
    LEFT JOIN people q USING (customer_id, p)
    LEFT JOIN contracts k USING (customer_id, p)
)
SELECT customer_id, as_of, p, a, a - first_day AS tenure_days,
       coalesce(n, 0) AS events_7,
       coalesce(sum(n) OVER w4, 0) AS events_28, coalesce(sum(n) OVER before, 0) AS events_before,
       coalesce(active, 0) AS days_active_7,
       coalesce(sum(active) OVER w4, 0) AS days_active_28,
       coalesce(sum(active) OVER before, 0) AS days_before,
       coalesce(sum(w7) OVER so_far, 0) AS contacts_7, coalesce(sum(w28) OVER so_far, 0) AS contacts_28,
       coalesce(sum(w56) OVER so_far, 0) AS contacts_before,
       coalesce(sum(w180) OVER so_far, 0) AS contacts_180,
       a - max(last) OVER so_far AS since_event, a - max(changed) OVER so_far AS since_contract,
       sum(mrr) OVER so_far AS mrr, sum(seats) OVER so_far AS seats, sum(lines) OVER so_far AS lines
FROM cells
WINDOW so_far AS (PARTITION BY customer_id ORDER BY p ROWS UNBOUNDED PRECEDING),
       w4 AS (PARTITION BY customer_id ORDER BY p ROWS 3 PRECEDING),
       before AS (PARTITION BY customer_id ORDER BY p ROWS BETWEEN 7 PRECEDING AND 4 PRECEDING);

CREATE TEMP TABLE metric_grid AS
SELECT customer_id, as_of, CAST(tenure_days AS INTEGER) AS tenure_days,
       CAST(mrr AS DOUBLE) AS mrr, CAST(lines AS DOUBLE) AS subscriptions_running,
       CAST(since_contract AS DOUBLE) AS days_since_contract_change, CAST(seats AS DOUBLE) AS seats,
       contacts_28 / CAST(nullif(seats, 0) AS DOUBLE) AS seat_use,
       CAST(mrr AS DOUBLE) / nullif(CAST(seats AS DOUBLE), 0) AS mrr_per_seat,
       CAST(events_7 AS DOUBLE) AS events_7, CAST(events_28 AS DOUBLE) AS events_28,
       CASE WHEN tenure_days >= 55 THEN CAST(events_28 AS DOUBLE) / nullif(CAST(events_before AS DOUBLE), 0) - 1 END AS events_change_28,
       CAST(days_active_7 AS DOUBLE) AS days_active_7, CAST(days_active_28 AS DOUBLE) AS days_active_28,
       CASE WHEN tenure_days >= 55 THEN CAST(days_active_28 AS DOUBLE) / nullif(CAST(days_before AS DOUBLE), 0) - 1 END AS days_active_change_28,
       CAST(contacts_7 AS DOUBLE) AS active_contacts_7, CAST(contacts_28 AS DOUBLE) AS active_contacts_28,
       CASE WHEN tenure_days >= 55 THEN CAST(contacts_28 AS DOUBLE) / nullif(CAST(contacts_before AS DOUBLE), 0) - 1 END AS active_contacts_change_28,
       CAST(contacts_180 AS DOUBLE) AS active_contacts_180,
       CAST(contacts_28 AS DOUBLE) / nullif(CAST(contacts_180 AS DOUBLE), 0) AS contacts_kept_share,
       CAST(events_28 AS DOUBLE) / nullif(CAST(contacts_28 AS DOUBLE), 0) AS events_per_contact_28,
       CAST(since_event AS DOUBLE) AS days_since_last_event
FROM sums WHERE p >= 0 AND lines > 0;

COPY (SELECT * FROM metric_grid ORDER BY customer_id, as_of)
TO '{out}/metric_grid.parquet' (COMPRESSION zstd);

COPY (
    WITH points AS (
        SELECT customer_id, as_of,
            CASE WHEN seat_use <= 0 THEN 0 WHEN seat_use <= .3 THEN seat_use * (40 / .3)
                 WHEN seat_use <= .8 THEN (seat_use - .3) * (60 / .5) + 40 WHEN seat_use > .8 THEN 100 END AS seat_use,
            CASE WHEN days_active_28 <= 0 THEN 0 WHEN days_active_28 <= 4 THEN days_active_28 * 7.5
                 WHEN days_active_28 <= 12 THEN (days_active_28 - 4) * 6.25 + 30
                 WHEN days_active_28 <= 20 THEN (days_active_28 - 12) * 2.5 + 80 WHEN days_active_28 > 20 THEN 100 END AS regularity,
            CASE WHEN days_since_last_event <= 1 THEN 100 WHEN days_since_last_event <= 7 THEN (days_since_last_event - 1) * (-20.0 / 6) + 100
                 WHEN days_since_last_event <= 14 THEN (days_since_last_event - 7) * (-40.0 / 7) + 80
                 WHEN days_since_last_event <= 28 THEN (days_since_last_event - 14) * (-40.0 / 14) + 40
                 WHEN days_since_last_event > 28 THEN 0 END AS recency,
            CASE WHEN events_per_contact_28 IS NOT NULL THEN
                100 * (rank() OVER (PARTITION BY as_of, events_per_contact_28 IS NULL ORDER BY events_per_contact_28) - 1
                       + (count(*) OVER (PARTITION BY as_of, events_per_contact_28) - 1) / 2)
                / nullif(count(events_per_contact_28) OVER (PARTITION BY as_of) - 1, 0) END AS depth,
            CASE WHEN contacts_kept_share <= 0 THEN 0 WHEN contacts_kept_share <= .4 THEN contacts_kept_share * 100
                 WHEN contacts_kept_share <= .8 THEN (contacts_kept_share - .4) * 150 + 40 WHEN contacts_kept_share > .8 THEN 100 END AS kept,
            CASE WHEN days_active_change_28 <= -.6 THEN 0 WHEN days_active_change_28 <= -.2 THEN (days_active_change_28 + .6) * 125
                 WHEN days_active_change_28 <= 0 THEN (days_active_change_28 + .2) * 150 + 50
                 WHEN days_active_change_28 <= .2 THEN days_active_change_28 * 100 + 80 WHEN days_active_change_28 > .2 THEN 100 END AS trend
        FROM metric_grid
    ), weights AS (
        SELECT *, CASE WHEN seat_use IS NOT NULL THEN 20 ELSE 0 END AS w_dep,
            CASE WHEN regularity IS NOT NULL OR recency IS NOT NULL THEN 25 ELSE 0 END AS w_eng,
            CASE WHEN depth IS NOT NULL OR kept IS NOT NULL OR trend IS NOT NULL THEN 30 ELSE 0 END AS w_ado,
            (regularity IS NOT NULL)::INT * 2 + (recency IS NOT NULL)::INT AS e,
            (depth IS NOT NULL)::INT + (kept IS NOT NULL)::INT + (trend IS NOT NULL)::INT AS o
        FROM points
    ), effective AS (
        SELECT *, w_dep + w_eng + w_ado AS w,
            CASE WHEN seat_use IS NULL THEN 0 ELSE w_dep / nullif(w_dep + w_eng + w_ado, 0) END AS seat_use_w,
            CASE WHEN regularity IS NULL THEN 0 ELSE w_eng / nullif(w_dep + w_eng + w_ado, 0) * 2 / e END AS regularity_w,
            CASE WHEN recency IS NULL THEN 0 ELSE w_eng / nullif(w_dep + w_eng + w_ado, 0) / e END AS recency_w,
            CASE WHEN depth IS NULL THEN 0 ELSE w_ado / nullif(w_dep + w_eng + w_ado, 0) / o END AS depth_w,
            CASE WHEN kept IS NULL THEN 0 ELSE w_ado / nullif(w_dep + w_eng + w_ado, 0) / o END AS kept_w,
            CASE WHEN trend IS NULL THEN 0 ELSE w_ado / nullif(w_dep + w_eng + w_ado, 0) / o END AS trend_w,
            (CASE WHEN seat_use IS NULL THEN 0 ELSE 10 END + CASE WHEN regularity IS NULL THEN 0 ELSE 12.5 END
             + CASE WHEN recency IS NULL THEN 0 ELSE 6.25 END
             + (CASE WHEN depth IS NULL THEN 0 ELSE 10 END + CASE WHEN kept IS NULL THEN 0 ELSE 10 END
                + CASE WHEN trend IS NULL THEN 0 ELSE 10 END)) / 120 AS coverage
        FROM weights
    ), scored AS (
        SELECT *, CASE WHEN coverage >= .3 THEN
            coalesce(seat_use, 0) * seat_use_w + coalesce(regularity, 0) * regularity_w + coalesce(recency, 0) * recency_w
            + coalesce(depth, 0) * depth_w + coalesce(kept, 0) * kept_w + coalesce(trend, 0) * trend_w END AS score
        FROM effective
    )
    SELECT customer_id, as_of, 'standard' AS model, score,
           CASE WHEN score IS NULL THEN 'unknown' WHEN score >= 70 THEN 'healthy' WHEN score >= 40 THEN 'watch' ELSE 'at_risk' END AS band,
           coverage, seat_use, seat_use_w, regularity, regularity_w, recency, recency_w, depth, depth_w, kept, kept_w, trend, trend_w
    FROM scored ORDER BY customer_id, as_of
) TO '{out}/health_grid.parquet' (COMPRESSION zstd);
