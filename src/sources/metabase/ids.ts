/** Numbers by size, then names. */
export function byId(one: string, other: string): number {
  const [left, right] = [one, other].map((id) => (/^\d+$/.test(id) ? Number(id) : Number.POSITIVE_INFINITY));
  if (left !== right) return (left ?? 0) < (right ?? 0) ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The path of the serialisation that a key was made of (`idKey`); null for another key. */
export function pathOfKey(key: string): unknown[] | null {
  if (!key.startsWith('[')) return null;
  try {
    const path: unknown = JSON.parse(key);
    return Array.isArray(path) ? path : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
