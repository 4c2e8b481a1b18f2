and (destination_table.dataset_id = {{dataset_text}} or exists(select 1 from unnest(referenced_tables) where dataset_id = {{dataset_text}}))
