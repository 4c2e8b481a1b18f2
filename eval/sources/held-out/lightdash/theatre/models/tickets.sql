select t.*, p.title from {{ source('box_office', 'ticket') }} t join {{ ref('plays') }} p using (play_id)
