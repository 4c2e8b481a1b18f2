import type { Call } from '../model/syntax-tree.js';
import { type MaskLevel, rank } from './flow.js';
import { aggregateRules, maskOfCombinator } from './mask/aggregates.js';
import { ANONYMIZER_SCHEMA, maskOfAnonymizer } from './mask/anonymizer.js';
import type { MaskContext, MaskRule } from './mask/context.js';
import { dateRules } from './mask/dates.js';
import { declaredMask } from './mask/declared.js';
import { functionName } from './mask/literals.js';
import { networkRules } from './mask/network.js';
import { numberRules } from './mask/numbers.js';
import { plainRules } from './mask/plain.js';
import { secretRules } from './mask/secrets.js';
import { textRules } from './mask/text.js';

export { maskOfCast, maskOfComposite } from './mask/casts.js';
export type { MaskContext } from './mask/context.js';
export { declaredMask } from './mask/declared.js';
export { maskOfOperator, masksOfOperation } from './mask/operators.js';

const RULES = new Map<string, MaskRule>(
  Object.entries({ ...plainRules, ...aggregateRules, ...numberRules, ...dateRules, ...textRules, ...networkRules, ...secretRules }),
);

/** Schemas whose functions are the engine's own. */
const ENGINE_SCHEMAS = new Set(['pg_catalog', 'sys', 'system', 'main', 'safe', 'information_schema', 'builtin']);
/** Where pgcrypto and its kin are installed. Whoever has a function of such a name there means the extension's. */
const EXTENSION_SCHEMAS = new Set(['public', 'extensions', 'pgcrypto', 'crypto', 'ext']);
const EXTENSION_FUNCTIONS = new Set([
  ...Object.keys(secretRules), 'soundex', 'metaphone', 'dmetaphone', 'levenshtein', 'time_bucket', 'st_snaptogrid', 'st_geohash', 'uuid_generate_v5',
]);

/**
 * What a call leaves of each of its arguments, in their order; those of WITHIN GROUP (ORDER BY …) follow. A function that nobody knows
 * leaves everything, whatever its name promises: only a declaration, or its body where the caller expands it, says otherwise.
 */
export function masksOfCall(call: Call, context: MaskContext = {}): MaskLevel[] {
  const count = call.arguments.length + (call.withinGroup ? call.orderBy.length : 0);
  const level = levelOf(call, context);
  if (!Array.isArray(level)) return Array.from({ length: count }, () => level);
  return Array.from({ length: count }, (_, index) => level[index] ?? level.at(-1) ?? 'raw');
}

/** What a call leaves of the argument that it leaves most of. */
export function maskOfCall(call: Call, context: MaskContext = {}): MaskLevel {
  const levels = masksOfCall(call, context);
  return levels.reduce((lowest, level) => (rank(level) < rank(lowest) ? level : lowest), levels[0] ?? 'raw');
}

function levelOf(call: Call, context: MaskContext): MaskLevel | MaskLevel[] {
  const declared = declaredMask(call.name, context.declared);
  if (declared) return declared;
  const name = functionName(call);
  const schema = call.name.slice(0, -1).join('.').toLowerCase();
  if (schema === ANONYMIZER_SCHEMA) return maskOfAnonymizer(call);
  const qualified = RULES.get(schema === '' ? name : `${schema}.${name}`);
  if (qualified) return qualified(call, context) ?? 'raw';
  if (schema !== '' && !ENGINE_SCHEMAS.has(schema) && !(EXTENSION_SCHEMAS.has(schema) && EXTENSION_FUNCTIONS.has(name))) return 'raw';
  const rule = RULES.get(name);
  return rule?.(call, context) ?? (rule || schema !== '' ? null : maskOfCombinator(call, (inner) => RULES.get(inner), context)) ?? 'raw';
}
