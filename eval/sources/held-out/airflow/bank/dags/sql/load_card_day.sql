-- {{ ds }} of the cards
INSERT INTO mart.card_day (day, account_id, amount)
SELECT booked_on, account_id, sum(amount)
FROM staging.payment
WHERE booked_on = DATE '{{ ds }}'
GROUP BY 1, 2
