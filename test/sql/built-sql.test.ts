import { describe, expect, it } from 'vitest';
import { executesBuiltSql } from '../../src/sql/lexer.js';

describe('PL/pgSQL that builds SQL', () => {
  it.each([
    "begin execute format('select count(*) from %I', name) into total; end",
    "begin execute 'select count(*) from ' || name; end",
    'begin EXECUTE command USING since; end',
    'for row in execute query loop end loop',
    'return query execute $q$select 1 from $q$ || name',
    'open cases for execute command',
    'do_it: begin execute command; end',
    "begin if broken then execute 'x' || y",
  ])('is seen in %s', (text) => {
    expect(executesBuiltSql(text)).toBe(true);
  });

  it.each([
    'begin -- execute command\n return 1; end',
    'begin /* execute /* nested */ command */ return 1; end',
    "begin raise notice 'execute %', command; end",
    'select "execute" from app.case_file',
    'select c.execute from app.case_file c',
    'create trigger touched before update on app.case_file for each row execute function app.touch()',
    'create trigger touched before update on app.case_file for each row execute procedure app.touch()',
    'grant execute on function app.touch() to reporting',
    'grant select, execute on all functions in schema app to reporting',
    "begin execute 'analyze app.case_file'; end",
    "execute $q$select 1$q$ into total",
    "for row in execute 'select 1' loop end loop",
    "begin raise notice 'he said ''execute'' %', x; end",
    'executed := executes + 1;',
    'prepared; execute',
  ])('is not seen in %s', (text) => {
    expect(executesBuiltSql(text)).toBe(false);
  });
});
