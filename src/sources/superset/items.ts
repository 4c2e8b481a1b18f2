import { isObject } from '../common/json.js';

/** An item of a list, and what its pointer has besides: the JSON export of version 1 wraps each as `{"__SqlMetric__": {…}}`. */
export function unwrapped(item: unknown): { value: unknown; pointer: string } {
  if (!isObject(item)) return { value: item, pointer: '' };
  for (const name of ['__SqlMetric__', '__TableColumn__']) if (isObject(item[name])) return { value: item[name], pointer: `/${name}` };
  return { value: item, pointer: '' };
}
