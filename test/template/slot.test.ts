import { describe, expect, test } from 'vitest';
import { regions } from '../../src/sql/lexer.js';
import { codeView, isPartOfRelation, isWholeStatement, slotOf } from '../../src/template/slot.js';

/** The placeholder is `§`, which is no letter of SQL. */
function judge(text: string) {
  const at = text.indexOf('§');
  const view = codeView(text, regions(text));
  return { slot: slotOf(view, at, at + 1), view, at };
}

describe('the slot of a placeholder', () => {
  test.each([
    ["select * from t where a = '§'", 'in-string'],
    ["select * from t where a like E'%\\'§'", 'in-string'],
    ['select "§" from t', 'in-identifier'],
    ['select `§` from t', 'in-identifier'],
    ['select 1 -- §', 'comment'],
    ['select /* § */ 1', 'comment'],
    ['select $q$ § $q$', 'in-dollar'],
    ['select * from archive_§', 'in-word'],
    ['select * from §_archive', 'in-word'],
    ['select * from §', 'relation'],
    ['select * from app.§ c', 'relation'],
    ['select * from only "app" . §', 'relation'],
    ['select * from a left join § on true', 'relation'],
    ['insert into § values (1)', 'relation'],
    ['update § set a = 1', 'relation'],
    ['select * from §.case_file', 'relation'],
    ['select c.§ from app.case_file c', 'name'],
    ['select count(*) from t group by §', 'group-key'],
    ['select extract(epoch from §)', 'value'],
    ['select substring(a from §)', 'value'],
    ['select trim(both from §)', 'value'],
    ['select * from t where a is distinct from §', 'value'],
    ['select (select 1 from §)', 'relation'],
    ['select * from t where a in (§)', 'in-list'],
    ['select * from t where a in §', 'list'],
    ['select * from t where a > now() - interval §', 'interval'],
    ['select * from t where a > date §', 'typed-literal'],
    ['select * from t where a > t.date + §', 'value'],
    ['select * from t limit §', 'count'],
    ['select * from t limit 5 offset §', 'count'],
    ['select * from t fetch first § rows only', 'count'],
    ['select * from t where §', 'predicate'],
    ['select * from t where a = 1 and § order by 1', 'predicate'],
    ['select * from t where a = 1 and (§)', 'predicate'],
    ['select * from t where not § and b', 'predicate'],
    ['select case when § then 1 end', 'predicate'],
    ['select * from a join b on § where c', 'predicate'],
    ['select * from t where a between 1 and §', 'value'],
    ['select * from t where a between 1 and § and b = 2', 'value'],
    ['select * from t where (a between f(1, 2) and §) and b', 'value'],
    ['select * from t where a between 1 and 2 and §', 'predicate'],
    ['select * from t where § = 1', 'value'],
    ['select * from t where a = -- where\n §', 'value'],
    ["select * from t where a = ' from ' || §", 'value'],
    ['select §', 'value'],
  ])('%s: %s', (text, slot) => {
    expect(judge(text).slot).toBe(slot);
  });

  test('of a name that is part of a relation is told from other words', () => {
    const relation = judge('select * from app.case_§_2024');
    expect(isPartOfRelation(relation.view, relation.at)).toBe(true);
    const column = judge('select total_§ from app.fee');
    expect(isPartOfRelation(column.view, column.at)).toBe(false);
  });

  test('may be the whole statement', () => {
    const whole = judge('-- chosen above\n  § ; ');
    expect(isWholeStatement(whole.view, whole.at, whole.at + 1)).toBe(true);
    const part = judge('select §');
    expect(isWholeStatement(part.view, part.at, part.at + 1)).toBe(false);
  });
});
