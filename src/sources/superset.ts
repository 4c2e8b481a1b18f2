import { certaintyOf, isObject } from './common/json.js';
import { fetchSuperset } from './superset/api.js';
import { Inventory } from './superset/inventory.js';
import { Records } from './superset/records.js';
import { kindOf } from './superset/shapes.js';
import type { Source } from './source.js';

/** Words of which one stands in every file of an export. */
const WORDS = ['table_name', 'slice_name', 'dashboard_title', 'sqlalchemy_uri', 'database_name', 'crontab', 'database_uuid', 'db_id', 'owners:', 'timestamp:', '__Dashboard__', '"language"'];
const SQL_MACRO = /\{[{%][^{}%]{0,400}\b(?:filter_values|get_filters|get_time_filter|url_param|current_user(?:name|_id|_email|_roles)|where_in)\b/;
const SQL_INCLUDE = /\{%-?\s*include\s+['"][^'"]{0,200}queries\/[^'"]{1,100}['"]/;

/**
 * Apache Superset: export ZIPs and asset folders of YAML (those of preset-cli too, which are templates), the JSON export of
 * dashboards of version 1, and the answers of its interface (`/api/v1`), versions 1 to 5.
 */
export const source: Source = {
  id: 'superset',
  recognises(file) {
    if (/\.sql$/i.test(file.path)) return SQL_MACRO.test(file.text) || SQL_INCLUDE.test(file.text) ? 0.93 : 0;
    return WORDS.some((word) => file.text.includes(word)) ? certaintyOf(file.value, certainty) : 0;
  },
  api: { credentials: 'username and password, or an access token (token)', fetch: fetchSuperset },
  read(files, context) {
    return new Records(new Inventory(files), context).read();
  },
};

function certainty(value: unknown): number {
  const kind = isObject(value) ? kindOf(value) : null;
  if (kind === null) return 0;
  return kind === 'metadata' || kind === 'report' || kind === 'saved-query' || kind === 'compiled' ? 0.7 : 0.9;
}

