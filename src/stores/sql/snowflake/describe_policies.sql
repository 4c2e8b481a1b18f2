select policy_kind as "kind" from table({{database}}.information_schema.policy_references(ref_entity_name => {{relation_text}}, ref_entity_domain => {{domain}}))
