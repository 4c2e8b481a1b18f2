import type { ReadQuery } from '../boundary.js';

/** A query with what was uncertain of it only because another database reads it: that one was asked. */
export function withoutSeen(read: ReadQuery, functions: ReadonlySet<string> | undefined): ReadQuery {
  if (!functions || functions.size === 0) return read;
  const heads = [...functions].map((name) => `${name} runs SQL in another database`);
  const isSeen = (message: string): boolean => heads.some((head) => message.startsWith(head));
  const variants = read.variants.map((variant) => {
    const diagnostics = variant.diagnostics.filter(({ message }) => !isSeen(message));
    const problems = variant.problems.filter((message) => !isSeen(message));
    const status = variant.status === 'partial' && diagnostics.length === 0 ? ('parsed' as const) : variant.status;
    return { ...variant, diagnostics, problems, status };
  });
  return { ...read, variants };
}
