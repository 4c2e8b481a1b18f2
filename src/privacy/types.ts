import type { TypeGroup } from './kinds/kind.js';

/** Of PostgreSQL, MySQL, Oracle, SQL Server, DB2, DuckDB, ClickHouse, Snowflake, BigQuery and Databricks. */
const GROUPS: [TypeGroup, RegExp][] = [
  ['boolean', /^bool|^bit$|^logical/],
  ['text', /char|text|^string|^name$|n?clob|^fixedstring|graphic$|^long$|^sysname/],
  ['timestamp', /^timestamp|^datetime|^smalldatetime|^time\b|^timetz|^interval/],
  ['date', /^date(?:32)?$|^year$/],
  ['number', /^(?:tiny|small|medium|big|huge|byte|u)*int(?:eger)?\d*\b|^int\d|^numeric|^decimal|^dec$|^number|^bignumeric|^real|^double|^float|serial|^(?:small)?money|^oid$|^binary_(?:float|double)|^byteint|^short$/],
  ['network', /^(?:inet|cidr|ipv4|ipv6|ipaddress)$/],
  ['hardware', /^macaddr/],
  ['binary', /^bytea|^bytes$|blob|binary|^image$|^raw$|^bfile|^long raw/],
  ['document', /^json|^xml|^hstore|^struct|^map|^variant|^object|^record|^row\b|^tuple|^super$|^nested/],
  ['geometry', /^(?:point|geometry|geography|box|polygon|sdo_geometry|st_|line|circle|path)/],
  ['uuid', /^uuid|^uniqueidentifier/],
];

/** What a declared type says of the values that it can hold. */
export interface TypeLimits {
  group: TypeGroup;
  /** In characters, of a text of limited length, or in digits of a number; null otherwise. */
  length: number | null;
  /** True for numbers with digits behind the point. */
  fraction: boolean;
  /** True where the type lists its members. */
  enumerated: boolean;
}

/** An array counts as its element; a domain or enum that the name does not explain is `other`. */
export function typeLimits(type: string): TypeLimits {
  const found = remembered.get(type);
  if (found !== undefined) return found;
  const limits = limitsOf(type);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(type, limits);
  return limits;
}

/** A catalogue has few different types. */
const REMEMBERED_MAX = 1_000;
const remembered = new Map<string, TypeLimits>();

function limitsOf(type: string): TypeLimits {
  const whole = unwrapped(type.slice(0, 200).toLowerCase().trim());
  const enumerated = /^(?:enum(?:8|16)?|set)\s*\(/.test(whole);
  // MySQL has no other boolean.
  if (/^tinyint\s*\(\s*1\s*\)/.test(whole)) return { group: 'boolean', length: null, fraction: false, enumerated };
  const [, first, second] = /\(\s*(\d+)\s*(?:char|byte)?\s*(?:,\s*(\d+)\s*)?\)/.exec(whole) ?? [];
  const bare = whole.replace(/[(<].*$/, '').trim();
  const group = enumerated ? 'other' : (GROUPS.find(([, pattern]) => pattern.test(bare))?.[0] ?? 'other');
  const fraction = group === 'number' && (/^(?:real|double|float|(?:small)?money|binary_)/.test(bare) || Number(second ?? 0) > 0);
  return { group, length: (group === 'text' || (group === 'number' && /^(?:num|dec)/.test(bare))) && first !== undefined ? Number(first) : null, fraction, enumerated };
}

export function typeGroup(type: string): TypeGroup {
  return typeLimits(type).group;
}

/** `Array(Nullable(String))`, `ARRAY<STRING>`, `text[]`, `pg_catalog.text`: the type of one value. */
function unwrapped(type: string): string {
  let inner = type.replace(/(?:\[\d*\])+$/, '').replace(/^pg_catalog\./, '').replace(/^"([^"]*)"$/, '$1');
  for (let depth = 0; depth < 5; depth++) {
    const found = /^(?:nullable|lowcardinality|array|list|repeated)\s*[(<](.*)[)>]$/.exec(inner)?.[1];
    if (found === undefined) break;
    inner = found.trim();
  }
  return inner;
}
