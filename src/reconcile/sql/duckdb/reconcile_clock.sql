select epoch_us(get_current_timestamp())::double / 1e6 as now
