-- To ask the planner what reading these rows costs: with the groups, its guess of their number would distort the answer.
select 1 from {{relation}} where {{time}} >= {{from}} and {{time}} < {{to}}{{living}}
