case when strlen({{column}}::varchar) <= {{length_max}} then {{column}}::varchar end
