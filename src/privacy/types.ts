import type { TypeGroup } from './kinds/kind.js';

const GROUPS: [TypeGroup, RegExp][] = [
  ['boolean', /^bool/],
  ['text', /char|text|^string|^name$|^clob/],
  ['timestamp', /^timestamp|^datetime/],
  ['date', /^date$/],
  ['number', /^(?:tiny|small|medium|big|huge|u)*int|^integer|^numeric|^decimal|^number|^real|^double|^float|serial|^money|^oid$/],
  ['network', /^(?:inet|cidr)$/],
  ['hardware', /^macaddr/],
  ['binary', /^bytea|^blob|binary|^image$|^raw$/],
  ['document', /^json|^xml|^hstore|^struct|^map|^variant|^object/],
  ['geometry', /^(?:point|geometry|geography|box|polygon)/],
  ['uuid', /^uuid|^uniqueidentifier/],
];

/** What a declared type can hold. An array counts as its element; a domain or enum that the name does not explain is `other`. */
export function typeGroup(type: string): TypeGroup {
  const bare = type
    .slice(0, 200)
    .toLowerCase()
    .replace(/(?:\[\])+$/, '')
    .replace(/\([^()]*\)/, '')
    .replace(/^pg_catalog\./, '')
    .trim();
  return GROUPS.find(([, pattern]) => pattern.test(bare))?.[0] ?? 'other';
}
