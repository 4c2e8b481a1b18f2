select m.pulse_id as pulse_id, m.card_id as card_id
from pulse_card m
