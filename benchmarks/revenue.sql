-- Revenue by month, written by hand for DuckDB: the yardstick of revenue.py. It knows
-- everything beforehand that Banso reads from definitions and facts: one currency, no
-- discounts, nothing learned late, gaps of up to 7 days are none, zero MRR is churn.
-- {subscriptions}, {customers}: Parquet files; {last}: the as-of date.

CREATE TEMP TABLE spans AS
WITH known AS (
    SELECT customer_id, subscription_id, product, plan, mrr,
           started_on - DATE '1970-01-01' AS s,
           CASE WHEN ended_on <= DATE '{last}' THEN ended_on - DATE '1970-01-01' ELSE 2000000 END AS e
    FROM read_parquet({subscriptions})
    WHERE started_on <= DATE '{last}' AND (ended_on IS NULL OR ended_on > started_on) AND mrr >= 0
), line_ends AS (
    SELECT *, max(e) OVER (PARTITION BY customer_id, subscription_id ORDER BY s, e
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM known WHERE mrr > 0
), line_gaps AS (
    SELECT customer_id, subscription_id, before AS e, min(s) AS until
    FROM line_ends WHERE s > before AND s <= before + 7 GROUP BY ALL
), by_line AS (
    SELECT k.* REPLACE (CASE WHEN g.until IS NOT NULL AND mrr > 0 THEN g.until ELSE k.e END AS e)
    FROM known k LEFT JOIN line_gaps g USING (customer_id, subscription_id, e)
), customer_ends AS (
    SELECT *, max(e) OVER (PARTITION BY customer_id ORDER BY s, e, subscription_id
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM by_line WHERE mrr > 0
), customer_gaps AS (
    SELECT customer_id, before AS e, min(s) AS until
    FROM customer_ends WHERE s > before AND s <= before + 7 GROUP BY ALL
)
SELECT l.* REPLACE (CASE WHEN g.until IS NOT NULL AND mrr > 0 THEN g.until ELSE l.e END AS e)
FROM by_line l LEFT JOIN customer_gaps g USING (customer_id, e);

CREATE TEMP TABLE changes AS
SELECT customer_id, subscription_id, product, plan, DATE '1970-01-01' + CAST(d AS INT) AS day,
       CAST(sum(change) AS DECIMAL(18, 4)) AS change, CAST(sum(opened) AS INT) AS opened
FROM (
    SELECT customer_id, subscription_id, product, plan, s AS d, mrr AS change, 1 AS opened FROM spans
    UNION ALL
    SELECT customer_id, subscription_id, product, plan, e, -mrr, -1 FROM spans WHERE e < 2000000
)
GROUP BY ALL HAVING sum(change) <> 0 OR sum(opened) <> 0;

CREATE TEMP TABLE promises AS
WITH signed AS (
    SELECT customer_id, subscription_id, product, plan, mrr, started_on AS s,
           coalesce(ended_on, DATE '9999-01-01') AS e, least(coalesce(signed_on, started_on), started_on) AS g
    FROM read_parquet({subscriptions})
    WHERE least(coalesce(signed_on, started_on), started_on) <= DATE '{last}'
      AND (ended_on IS NULL OR ended_on > started_on) AND mrr >= 0
), successors AS (
    SELECT customer_id, s AS e, min(g) AS agreed FROM signed GROUP BY ALL
), ended AS (
    SELECT x.*, least(coalesce(agreed, DATE '9999-01-01'), e) AS certain
    FROM signed x LEFT JOIN successors USING (customer_id, e)
), counted AS (
    SELECT *, greatest(CASE WHEN certain <= DATE '{last}' THEN certain ELSE DATE '9999-01-01' END, g) AS until
    FROM ended
)
SELECT customer_id, subscription_id, product, plan, day,
       CAST(sum(change) AS DECIMAL(18, 4)) AS change, CAST(sum(opened) AS INT) AS opened
FROM (
    SELECT customer_id, subscription_id, product, plan, g AS day, mrr AS change, 1 AS opened
    FROM counted WHERE until > g
    UNION ALL
    SELECT customer_id, subscription_id, product, plan, until, -mrr, -1
    FROM counted WHERE until > g AND until < DATE '9999-01-01'
)
GROUP BY ALL HAVING sum(change) <> 0 OR sum(opened) <> 0;

CREATE TEMP TABLE people AS
SELECT customer_id, CAST(row_number() OVER () AS INT) AS c, touch, size, cohort
FROM (SELECT DISTINCT customer_id FROM read_parquet({subscriptions}))
LEFT JOIN read_parquet({customers}) USING (customer_id)
LEFT JOIN (SELECT customer_id, CAST(year(min(day)) AS VARCHAR) AS cohort
           FROM changes WHERE change > 0 GROUP BY 1) USING (customer_id);

-- Every line once for the whole, its product and its plan, other splits are the customer's.
CREATE TEMP TABLE segments AS
SELECT CAST(row_number() OVER () AS INT) AS n, grouping, segment FROM (
    SELECT '' AS grouping, '' AS segment
    UNION ALL SELECT DISTINCT 'product', product FROM read_parquet({subscriptions})
    UNION ALL SELECT DISTINCT 'plan', plan FROM read_parquet({subscriptions})
);

CREATE TEMP TABLE months AS
SELECT CAST(range AS INT) AS m, CAST(make_date(range // 12, range % 12 + 1, 1) AS DATE) AS period
FROM range((SELECT year(min(least(started_on, coalesce(signed_on, started_on)))) * 12
                 + month(min(least(started_on, coalesce(signed_on, started_on)))) - 1
            FROM read_parquet({subscriptions})),
           year(DATE '{last}') * 12 + month(DATE '{last}'));

CREATE TEMP TABLE lines AS
SELECT customer_id, subscription_id, product, plan, c, year(day) * 12 + month(day) - 1 AS m,
       sum(change) AS moved, sum(opened) AS opened
FROM changes JOIN people USING (customer_id) GROUP BY ALL;

CREATE TEMP TABLE movements AS
WITH steps AS (
    SELECT c, m, sum(moved) AS net, sum(opened) AS opened FROM lines GROUP BY ALL
), states AS (
    SELECT c, m, net, sum(net) OVER w AS after FROM steps
    WINDOW w AS (PARTITION BY c ORDER BY m ROWS UNBOUNDED PRECEDING)
), kinds AS (
    SELECT c, m, CASE
        WHEN net > 0 AND after - net > 0 THEN 'expansion'
        WHEN net > 0 AND NOT coalesce(min(CASE WHEN after > 0 THEN m END) OVER w < m, false) THEN 'new'
        WHEN net > 0 THEN 'reactivation'
        WHEN net < 0 AND after > 0 THEN 'contraction'
        WHEN net < 0 THEN 'churn' ELSE 'transfer' END AS kind
    FROM states WINDOW w AS (PARTITION BY c ORDER BY m ROWS UNBOUNDED PRECEDING)
)
SELECT customer_id, subscription_id, product, plan, c, m, kind, CAST(moved AS DECIMAL(18, 4)) AS amount
FROM lines JOIN kinds USING (c, m) WHERE moved <> 0;

CREATE TEMP TABLE units AS
WITH split AS (
    SELECT c, m, 1 AS n, moved FROM lines
    UNION ALL SELECT c, m, n, moved FROM lines JOIN segments ON grouping = 'product' AND segment = product
    UNION ALL SELECT c, m, n, moved FROM lines JOIN segments ON grouping = 'plan' AND segment = plan
), steps AS (
    SELECT c, n, m, CAST(sum(moved) AS DECIMAL(18, 4)) AS change FROM split GROUP BY ALL
)
SELECT c, n, m, change, CAST(sum(change) OVER w AS DECIMAL(18, 4)) AS level
FROM steps WINDOW w AS (PARTITION BY c, n ORDER BY m ROWS UNBOUNDED PRECEDING);

CREATE TEMP TABLE cells AS
WITH moved AS (
    SELECT c, 1 AS n, m, kind, sum(amount) AS amount FROM movements GROUP BY ALL
    UNION ALL SELECT c, n, m, kind, sum(amount) FROM movements
              JOIN segments ON grouping = 'product' AND segment = product GROUP BY ALL
    UNION ALL SELECT c, n, m, kind, sum(amount) FROM movements
              JOIN segments ON grouping = 'plan' AND segment = plan GROUP BY ALL
), promised AS (
    SELECT c, 1 AS n, year(day) * 12 + month(day) - 1 AS m, sum(change) AS committed
    FROM promises JOIN people USING (customer_id) GROUP BY ALL
    UNION ALL SELECT 0, n, year(day) * 12 + month(day) - 1, sum(change)
              FROM promises JOIN segments ON grouping = 'product' AND segment = product GROUP BY ALL
    UNION ALL SELECT 0, n, year(day) * 12 + month(day) - 1, sum(change)
              FROM promises JOIN segments ON grouping = 'plan' AND segment = plan GROUP BY ALL
), every AS (
    SELECT CASE WHEN n = 1 THEN c ELSE 0 END AS c, n, m,
           sum(amount) FILTER (kind = 'new') AS new, sum(amount) FILTER (kind = 'expansion') AS expansion,
           sum(amount) FILTER (kind = 'contraction') AS contraction, sum(amount) FILTER (kind = 'churn') AS churn,
           sum(amount) FILTER (kind = 'reactivation') AS reactivation, sum(amount) FILTER (kind = 'transfer') AS transfer,
           count(*) FILTER (kind = 'new') AS n_new, count(*) FILTER (kind = 'expansion') AS n_expansion,
           count(*) FILTER (kind = 'contraction') AS n_contraction, count(*) FILTER (kind = 'churn') AS n_churn,
           count(*) FILTER (kind = 'reactivation') AS n_reactivation, 0 AS change, 0 AS arrived, 0 AS committed
    FROM moved GROUP BY ALL
    UNION ALL
    SELECT CASE WHEN n = 1 THEN c ELSE 0 END, n, m, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
           sum(change), sum((level > 0)::INT - (level > change)::INT), 0
    FROM units GROUP BY ALL
    UNION ALL
    SELECT c, n, m, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, committed FROM promised
), profiled AS (
    SELECT n, touch, size, cohort, m, COLUMNS(x.* EXCLUDE (c, n, m))
    FROM every x LEFT JOIN people p ON x.c = p.c AND x.n = 1
)
SELECT n, touch, size, cohort, m, sum(new) AS new, sum(expansion) AS expansion, sum(contraction) AS contraction,
       sum(churn) AS churn, sum(reactivation) AS reactivation, sum(transfer) AS transfer, sum(n_new) AS n_new,
       sum(n_expansion) AS n_expansion, sum(n_contraction) AS n_contraction, sum(n_churn) AS n_churn,
       sum(n_reactivation) AS n_reactivation, sum(change) AS change, sum(arrived) AS arrived, sum(committed) AS committed
FROM profiled GROUP BY ALL;

CREATE TEMP TABLE kept AS
WITH stretches AS (
    SELECT c, n, m, coalesce(lead(m) OVER (PARTITION BY c, n ORDER BY m), 1000000) AS until, level FROM units
), windows AS (
    SELECT unnest([1, 3, 12]) AS w
), levels AS (
    SELECT w, c, n, greatest(a.m, b.m + w) AS m, least(a.until, b.until + w) AS until, b.level AS paid,
           CASE WHEN a.level > 0 THEN a.level ELSE 0 END AS kept, least(a.level, b.level) AS gross,
           1 AS customers, (a.level > 0)::INT AS stayed
    FROM (SELECT * FROM stretches, windows WHERE level > 0) b JOIN stretches a USING (c, n)
    WHERE a.m < b.until + w AND a.until > b.m + w
), impulses AS (
    SELECT w, c, n, m, paid, kept, gross, customers, stayed FROM levels
    UNION ALL SELECT w, c, n, until, -paid, -kept, -gross, -1, -stayed FROM levels WHERE until < 1000000
)
SELECT w, n, NULL AS touch, NULL AS size, NULL AS cohort, m, sum(paid) AS base, sum(kept) AS kept,
       sum(gross) AS gross, sum(customers) AS customers, sum(stayed) AS stayed
FROM impulses WHERE n <> 1 GROUP BY ALL
UNION ALL
SELECT w, n, touch, size, cohort, m, sum(paid), sum(kept), sum(gross), sum(customers), sum(stayed)
FROM impulses JOIN people USING (c) WHERE n = 1 GROUP BY ALL;

CREATE TEMP TABLE period_sums AS
WITH spread AS (
    SELECT grouping, segment, x.* EXCLUDE (n, touch, size, cohort) FROM cells x JOIN segments USING (n)
    UNION ALL SELECT 'touch', touch, x.* EXCLUDE (n, touch, size, cohort) FROM cells x WHERE n = 1
    UNION ALL SELECT 'size', size, x.* EXCLUDE (n, touch, size, cohort) FROM cells x WHERE n = 1
    UNION ALL SELECT 'cohort', cohort, x.* EXCLUDE (n, touch, size, cohort) FROM cells x WHERE n = 1
), groups AS (
    SELECT DISTINCT grouping, segment FROM spread
), every AS (
    SELECT * FROM spread WHERE m <= (SELECT max(m) FROM months)
    UNION ALL BY NAME SELECT grouping, segment, m FROM groups, months
), flows AS (
    SELECT grouping, segment, m, coalesce(sum(new), 0) AS new, coalesce(sum(expansion), 0) AS expansion,
           coalesce(sum(contraction), 0) AS contraction, coalesce(sum(churn), 0) AS churn,
           coalesce(sum(reactivation), 0) AS reactivation, coalesce(sum(transfer), 0) AS transfer,
           coalesce(sum(n_new), 0) AS n_new, coalesce(sum(n_expansion), 0) AS n_expansion,
           coalesce(sum(n_contraction), 0) AS n_contraction, coalesce(sum(n_churn), 0) AS n_churn,
           coalesce(sum(n_reactivation), 0) AS n_reactivation, coalesce(sum(change), 0) AS change,
           coalesce(sum(arrived), 0) AS arrived, coalesce(sum(committed), 0) AS committed
    FROM every GROUP BY ALL
)
SELECT *, sum(change) OVER w AS mrr_end, sum(arrived) OVER w AS customers_end, sum(committed) OVER w AS cmrr
FROM flows WINDOW w AS (PARTITION BY grouping, segment ORDER BY m ROWS UNBOUNDED PRECEDING);

CREATE TEMP TABLE kept_sums AS
WITH spread AS (
    SELECT grouping, segment, x.* EXCLUDE (n, touch, size, cohort) FROM kept x JOIN segments USING (n)
    UNION ALL SELECT 'touch', touch, x.* EXCLUDE (n, touch, size, cohort) FROM kept x WHERE n = 1
    UNION ALL SELECT 'size', size, x.* EXCLUDE (n, touch, size, cohort) FROM kept x WHERE n = 1
    UNION ALL SELECT 'cohort', cohort, x.* EXCLUDE (n, touch, size, cohort) FROM kept x WHERE n = 1
), groups AS (
    SELECT DISTINCT w, grouping, segment FROM spread
), flows AS (
    SELECT w, grouping, segment, m, coalesce(sum(base), 0) AS base, coalesce(sum(kept), 0) AS kept,
           coalesce(sum(gross), 0) AS gross, coalesce(sum(customers), 0) AS customers, coalesce(sum(stayed), 0) AS stayed
    FROM (SELECT * FROM spread WHERE m <= (SELECT max(m) FROM months)
          UNION ALL BY NAME SELECT w, grouping, segment, m FROM groups, months) GROUP BY ALL
)
SELECT w, grouping, segment, m, sum(base) OVER t AS base, sum(kept) OVER t AS kept, sum(gross) OVER t AS gross,
       sum(customers) OVER t AS customers, sum(stayed) OVER t AS stayed
FROM flows WINDOW t AS (PARTITION BY w, grouping, segment ORDER BY m ROWS UNBOUNDED PRECEDING);

COPY (
    SELECT customer_id, 'JPY' AS currency, subscription_id, product, plan, day, change,
           CAST(0 AS DECIMAL(18, 4)) AS exchange, opened
    FROM changes ORDER BY customer_id, currency, subscription_id, product, plan, day
) TO '{out}/mrr_changes.parquet' (COMPRESSION zstd);

COPY (
    SELECT customer_id, 'JPY' AS currency, subscription_id, product, plan, day, change,
           CAST(0 AS DECIMAL(18, 4)) AS exchange, opened
    FROM promises ORDER BY customer_id, currency, subscription_id, product, plan, day
) TO '{out}/committed_changes.parquet' (COMPRESSION zstd);

COPY (
    SELECT period, customer_id, 'JPY' AS currency, subscription_id, product, plan, kind, amount, 'month' AS grain
    FROM movements JOIN months USING (m)
    ORDER BY period, customer_id, currency, subscription_id, product, plan, kind
) TO '{out}/movement_lines.parquet' (COMPRESSION zstd);

COPY (
    SELECT period, grouping, segment, 'JPY' AS currency, CAST(mrr_end - change AS DECIMAL(18, 4)) AS mrr_start,
           CAST(new AS DECIMAL(18, 4)) AS new, CAST(expansion AS DECIMAL(18, 4)) AS expansion,
           CAST(contraction AS DECIMAL(18, 4)) AS contraction, CAST(churn AS DECIMAL(18, 4)) AS churn,
           CAST(reactivation AS DECIMAL(18, 4)) AS reactivation, CAST(0 AS DECIMAL(18, 4)) AS exchange,
           CAST(transfer AS DECIMAL(18, 4)) AS transfer, CAST(mrr_end AS DECIMAL(18, 4)) AS mrr_end,
           CAST(mrr_end * 12 AS DECIMAL(18, 4)) AS arr, CAST(cmrr AS DECIMAL(18, 4)) AS cmrr,
           CAST(customers_end - arrived AS BIGINT) AS customers_start, CAST(customers_end AS BIGINT) AS customers_end,
           CAST(n_new AS BIGINT) AS n_new, CAST(n_expansion AS BIGINT) AS n_expansion,
           CAST(n_contraction AS BIGINT) AS n_contraction, CAST(n_churn AS BIGINT) AS n_churn,
           CAST(n_reactivation AS BIGINT) AS n_reactivation,
           CAST(mrr_end AS DOUBLE) / nullif(CAST(customers_end AS DOUBLE), 0) AS arpa,
           CAST(new + expansion + reactivation AS DOUBLE) / nullif(CAST(-(churn + contraction) AS DOUBLE), 0) AS quick_ratio
    FROM period_sums JOIN months USING (m)
    WHERE mrr_end <> 0 OR customers_end <> 0 OR cmrr <> 0 OR new <> 0 OR expansion <> 0 OR contraction <> 0
       OR churn <> 0 OR reactivation <> 0 OR transfer <> 0
    ORDER BY grouping, segment, period
) TO '{out}/revenue_periods.parquet' (COMPRESSION zstd);

COPY (
    SELECT period, grouping, segment, 'JPY' AS currency, CAST(customers AS BIGINT) AS customers_start,
           CAST(stayed AS BIGINT) AS customers_kept, CAST(base AS DECIMAL(18, 4)) AS mrr_start,
           CAST(kept AS DECIMAL(18, 4)) AS mrr_kept, CAST(gross AS DECIMAL(18, 4)) AS mrr_gross,
           CAST(kept AS DOUBLE) / nullif(CAST(base AS DOUBLE), 0) AS nrr,
           CAST(gross AS DOUBLE) / nullif(CAST(base AS DOUBLE), 0) AS grr,
           CAST(stayed AS DOUBLE) / nullif(CAST(customers AS DOUBLE), 0) AS logo_retention, CAST(w AS BIGINT) AS window_months
    FROM kept_sums JOIN months USING (m) WHERE customers > 0 OR base > 0
    ORDER BY w, grouping, segment, period
) TO '{out}/retention_figures.parquet' (COMPRESSION zstd);
