import { isObject } from '../common/json.js';
import { configShape, type DbtConfig } from './shapes.js';

/** Later ones stand above earlier ones; what they say of `meta` is joined. */
export function mergeConfigs(...configs: (DbtConfig | null | undefined)[]): DbtConfig {
  const merged: Record<string, unknown> = {};
  for (const config of configs) {
    for (const [key, value] of Object.entries(config ?? {})) {
      if (value === undefined || value === null) continue;
      merged[key] = key === 'meta' && isObject(value) && isObject(merged['meta']) ? { ...merged['meta'], ...value } : value;
    }
  }
  return configShape.parse(merged);
}
