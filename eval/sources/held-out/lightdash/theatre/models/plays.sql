select play_id, title, premiere_on from box_office.play
