select connector_name as connector
from system.metadata.catalogs
where catalog_name = {{catalog_text}}
