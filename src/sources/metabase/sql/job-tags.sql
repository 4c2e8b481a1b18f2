select m.job_id as owner_id, m.tag_id as tag_id
from transform_job_transform_tag m
