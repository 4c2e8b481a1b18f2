-- schema ads
create type ad_status as enum ('draft', 'live', 'paused', 'ended');
create table campaign (
  campaign_id integer primary key,
  advertiser text not null,
  starts date not null,
  ends date,
  status ad_status not null default 'draft'
);
create table daily_stat (
  campaign_id integer references campaign,
  day date,
  device text,
  impressions bigint not null,
  clicks bigint not null,
  cost_micros bigint not null,
  primary key (campaign_id, day, device),
  constraint three_devices check (device in ('mobile', 'desktop', 'tablet')),
  constraint clicks_within check (clicks between 0 and impressions)
);
create table conversion (
  conversion_id bigint primary key,
  campaign_id integer references campaign on delete set null,
  happened_at timestamptz not null,
  value numeric(10,2),
  attribution jsonb not null default '{}',
  dedup_key text unique
);

-- pair ads-01 | equal-under
-- why: every figure has its campaign
-- rests: foreign_key daily_stat(campaign_id); primary_key daily_stat(campaign_id,day,device)
SELECT campaign.advertiser AS "campaign.advertiser", COALESCE(SUM(daily_stat.clicks), 0) * 1.0 / NULLIF(COALESCE(SUM(daily_stat.impressions), 0), 0) AS "daily_stat.ctr" FROM daily_stat AS daily_stat LEFT JOIN campaign AS campaign ON daily_stat.campaign_id = campaign.campaign_id GROUP BY 1 ORDER BY 2 DESC;
-- and
SELECT campaign.advertiser AS "campaign.advertiser", COALESCE(SUM(daily_stat.clicks), 0) * 1.0 / NULLIF(COALESCE(SUM(daily_stat.impressions), 0), 0) AS "daily_stat.ctr" FROM daily_stat AS daily_stat INNER JOIN campaign AS campaign ON daily_stat.campaign_id = campaign.campaign_id GROUP BY 1 ORDER BY 2 DESC;

-- pair ads-02 | different | kind: measure
-- why: the rate of all against the mean of the rates
SELECT device, SUM(clicks) * 1.0 / NULLIF(SUM(impressions), 0) AS ctr FROM daily_stat GROUP BY device;
-- and
SELECT device, AVG(clicks * 1.0 / NULLIF(impressions, 0)) AS ctr FROM daily_stat GROUP BY device;

-- pair ads-03 | equal or undecided
-- why: a million is a million; the sum of big integers is a numeric
SELECT SUM(cost_micros) / 1000000 AS spend FROM daily_stat WHERE device = 'mobile';
-- and
SELECT SUM(cost_micros) / 1e6 AS spend FROM daily_stat WHERE device = 'mobile';

-- pair ads-04 | different | kind: measure
-- why: each row is cut to whole units first
SELECT SUM(cost_micros / 1000000) AS spend FROM daily_stat WHERE device = 'mobile';
-- and
SELECT SUM(cost_micros) / 1000000 AS spend FROM daily_stat WHERE device = 'mobile';

-- pair ads-05 | equal-under
-- why: there is no click without an impression
-- rests: check daily_stat.clicks_within; not_null daily_stat.impressions
SELECT COUNT(*) FROM daily_stat WHERE clicks > 0;
-- and
SELECT COUNT(*) FROM daily_stat WHERE clicks > 0 AND impressions > 0;

-- pair ads-06 | equal
-- why: before a day is at the latest the day before
SELECT COUNT(*) AS overdue FROM campaign WHERE ends < CURRENT_DATE AND status = 'live';
-- and
SELECT COUNT(*) AS overdue FROM campaign WHERE status = 'live' AND ends <= CURRENT_DATE - 1;

-- pair ads-07 | looser | kind: boundary
-- why: the day thirty days ago is in one only
SELECT device, SUM(clicks), COUNT(*) FROM daily_stat WHERE day >= CURRENT_DATE - 30 GROUP BY device;
-- and
SELECT device, SUM(clicks), COUNT(*) FROM daily_stat WHERE day > CURRENT_DATE - INTERVAL '30 days' GROUP BY device;

-- pair ads-08 | different | kind: empty or null-handling | cosmetic: yes
-- why: NULL against 0 on days without a device
SELECT day, SUM(impressions) FILTER (WHERE device = 'mobile') AS mobile, SUM(impressions) FILTER (WHERE device = 'desktop') AS desktop, SUM(impressions) FILTER (WHERE device = 'tablet') AS tablet FROM daily_stat GROUP BY day;
-- and
SELECT day, SUM(CASE WHEN device = 'mobile' THEN impressions ELSE 0 END), SUM(CASE WHEN device = 'desktop' THEN impressions ELSE 0 END), SUM(CASE WHEN device = 'tablet' THEN impressions ELSE 0 END) FROM daily_stat GROUP BY day;

-- pair ads-09 | equal
-- why: FILTER and CASE without ELSE
SELECT day, SUM(impressions) FILTER (WHERE device = 'mobile') AS mobile, SUM(impressions) FILTER (WHERE device = 'desktop') AS desktop FROM daily_stat GROUP BY day;
-- and
SELECT day, SUM(CASE WHEN device = 'mobile' THEN impressions END), SUM(CASE device WHEN 'desktop' THEN impressions END) FROM daily_stat GROUP BY 1;

-- pair ads-10 | different | kind: measure
-- why: the columns stand in another order
SELECT device, SUM(clicks), SUM(impressions) FROM daily_stat GROUP BY device;
-- and
SELECT device, SUM(impressions), SUM(clicks) FROM daily_stat GROUP BY device;

-- pair ads-11 | equal-under
-- why: a key that is there is there once
-- rests: unique conversion(dedup_key)
SELECT COUNT(dedup_key) FROM conversion WHERE value > 0;
-- and
SELECT COUNT(DISTINCT dedup_key) FROM conversion WHERE value > 0;

-- pair ads-12 | different | kind: null-handling or distinctness
-- why: UNIQUE admits any number of NULLs
SELECT COUNT(*) FROM conversion WHERE value > 0;
-- and
SELECT COUNT(DISTINCT dedup_key) FROM conversion WHERE value > 0;

-- pair ads-13 | equal-under
-- why: what is not a draft, by the order of the states
-- rests: type campaign.status
SELECT advertiser, COUNT(*) FROM campaign WHERE status > 'draft' GROUP BY advertiser;
-- and
SELECT advertiser, COUNT(*) FROM campaign WHERE status IN ('live', 'paused', 'ended') GROUP BY advertiser;

-- pair ads-14 | overlapping or different | kind: boundary or time-zone or population | session: TimeZone=America/New_York
-- why: summer time begins within the month, so the second range ends an hour late
SELECT COUNT(*) FROM conversion WHERE happened_at >= '2024-03-01' AND happened_at < '2024-04-01';
-- and
SELECT COUNT(*) FROM conversion WHERE happened_at >= '2024-03-01 01:00-05' AND happened_at < '2024-04-01 00:00-05';
