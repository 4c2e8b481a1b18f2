select m.pulse_id as pulse_id, m.card_id as card_id, m.include_csv as include_csv, m.include_xls as include_xls
from pulse_card m
