select m.transform_id as owner_id, m.tag_id as tag_id
from transform_transform_tag m
