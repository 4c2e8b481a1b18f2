select distinct on (r.model_id) r.model_id as card_id, r.user_id as user_id
from revision r
where r.model = 'Card'
order by r.model_id, r.id desc
