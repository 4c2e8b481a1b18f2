import type { MaskLevel } from '../flow.js';

/** What the configuration says of a function: by its full name, then by its bare name, which holds for every schema. */
export function declaredMask(name: readonly string[], declared: ReadonlyMap<string, MaskLevel> | undefined): MaskLevel | null {
  if (!declared || declared.size === 0) return null;
  const full = name.join('.').toLowerCase();
  const bare = (name.at(-1) ?? '').toLowerCase();
  return declared.get(full) ?? declared.get(name.slice(-2).join('.').toLowerCase()) ?? declared.get(bare) ?? null;
}
