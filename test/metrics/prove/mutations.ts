/** Small changes of the text of a query: some keep what it means, most do not. `pick` decides which of several places change. */
export function mutationsOf(sql: string, pick: () => number): string[] {
  const found: string[] = [];
  const change = (pattern: RegExp, by: (match: string, ...groups: string[]) => string): void => {
    const matches = [...sql.matchAll(pattern)];
    for (const match of matches) {
      if (matches.length > 2 && pick() > 0.5) continue;
      found.push(sql.slice(0, match.index) + by(match[0], ...match.slice(1)) + sql.slice(match.index + match[0].length));
    }
  };
  const swaps: [string, string][] = [
    [' >= ', ' > '], [' > ', ' >= '], [' < ', ' <= '], [' <= ', ' < '], [' = ', ' <> '], [' <> ', ' = '], [' and ', ' or '], [' or ', ' and '], [' is null', ' is not null'], [' is not null', ' is null'],
    ['count(*)', 'count(distinct 1)'], ['distinct ', ''], [' left join ', ' join '], ['union all', 'union'], [' not in ', ' in '], [' not exists', ' exists'], ['sum(', 'avg('], ['sum(', 'max('], ['count(', 'sum('],
    [' else 0', ''], [' desc', ''], ['is distinct from', '<>'], ['not urgent', 'urgent'], ['urgent', 'urgent is not false'], [' group by 1', ' group by 1 having count(*) > 1'], ['case_id', 'officer_id'], ['fee', 'discount'],
  ];
  for (const [from, to] of swaps) change(new RegExp(from.replace(/[()*]/g, '\\$&'), 'g'), () => to);
  change(/(?<!left) join /g, () => ' left join ');
  change(/\b\d+\b/g, (digits) => String(Number(digits) + 1));
  change(/ filter \(where [^()]*\)/g, () => '');
  change(/coalesce\(([^,()]+(?:\([^()]*\))?), ?[^)]*\)/g, (_match, value = '') => value);
  change(/ where ([^()]*?) and /g, () => ' where ');
  change(/ where (.+?)( group by| having| order by| union|$)/g, (_match, condition = '', rest = '') => ` where not (not (${condition}))${rest}`);
  change(/ where (.+?)( group by| having| order by| union|$)/g, (_match, condition = '', rest = '') => ` where (${condition}) is true${rest}`);
  return [...found, `select * from (${sql}) wrapped`, `with c as (${sql}) select * from c`].filter((text) => text !== sql);
}
