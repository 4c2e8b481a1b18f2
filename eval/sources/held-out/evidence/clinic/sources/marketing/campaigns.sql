select campaign, date(started_at) as day, clicks from `clinic-prod.ads.campaign` where clicks > 0
