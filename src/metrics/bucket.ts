/** Items by a key, in the order in which they stand; so are the keys. */
export function bucket<T>(items: readonly T[], key: (item: T, index: number) => string): Map<string, T[]> {
  return bucketMany(items, (item, index) => [key(item, index)]);
}

/** The same for items with several keys: each stands under every one of them. */
export function bucketMany<T>(items: readonly T[], keys: (item: T, index: number) => string[]): Map<string, T[]> {
  const buckets = new Map<string, T[]>();
  for (const [index, item] of items.entries()) {
    for (const key of keys(item, index)) {
      const list = buckets.get(key);
      if (list) list.push(item);
      else buckets.set(key, [item]);
    }
  }
  return buckets;
}
