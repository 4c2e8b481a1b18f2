/** What stands around the expression of a measure of a type; nothing for those that are calculated from others. */
export function aggregateFrame(type: string | null): { before: string; after: string } {
  switch (type) {
    case 'count':
      return { before: 'count(', after: ')' };
    case 'count_distinct':
    case 'countDistinct':
    case 'count_distinct_approx':
    case 'countDistinctApprox':
      return { before: 'count(DISTINCT ', after: ')' };
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return { before: `${type}(`, after: ')' };
    case 'running_total':
    case 'runningTotal':
      return { before: 'sum(', after: ')' };
    default:
      return { before: '', after: '' };
  }
}

/** A text that something is put behind: a comment at its end must not swallow it. */
export function closed(sql: string): string {
  return sql.includes('--') ? `${sql}\n` : sql;
}
