import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMigrations } from '../../src/migrations/index.js';
import { MIGRATION_TOOLS } from '../../src/model/migration.js';

async function read(path: string, text: string) {
  const [file] = await readMigrations([{ path, text }]);
  if (!file) throw new Error('the file is gone');
  return file;
}

describe('a plain file', () => {
  test('has each statement once, with the line where it begins', async () => {
    const { steps, problems } = await read('deploy.sql', [
      '\\set ON_ERROR_STOP on', '-- widen; not yet', 'alter table orders', "  add note text default ';';", '', 'create function f() returns int language sql as $$ select 1; $$; drop view v;', '\\i other.sql', "update orders set note = 'x'",
    ].join('\n'));
    expect(steps.map(({ line, sql }) => [line, sql.split('\n')[0]])).toEqual([
      [3, 'alter table orders'], [6, 'create function f() returns int language sql as $$ select 1; $$'], [6, 'drop view v'], [8, "update orders set note = 'x'"],
    ]);
    expect(problems).toEqual([]);
  });

  test('has every one of many statements exactly once', async () => {
    const statement = fc.constantFrom('alter table a add b text', "update a set b = ';' where c = $$;$$", 'drop view "v;w"', 'select 1 /* ; */ + 2', "insert into a values ('--')");
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(statement, fc.constantFrom(';', ';\n', ' ;\n\n-- c\n')), { minLength: 1, maxLength: 20 }), async (parts) => {
      let line = 1;
      const expected = parts.map(([sql, end]) => {
        const own = { sql, line };
        line += end.split('\n').length - 1;
        return own;
      });
      const { steps } = await read('many.sql', parts.flat().join(''));
      expect(steps.map(({ sql, line: at }) => ({ sql, line: at }))).toEqual(expected);
    }), { numRuns: 100 });
  });
});

describe('what cannot be read is a problem of its line', () => {
  const broken: [string, string][] = [
    ['db/migrate/20260301_x.rb', "class X < ActiveRecord::Migration[7.0]\n  def change\n    Order.where(paid: nil).update_all(paid: false)\n    add_column :orders, \"note_#{suffix}\", :text\n    if Rails.env.production?\n      drop_table :orders\n    end\n    add_index :orders, :paid unless index_exists?(:orders, :paid)\n    execute <<~SQL\n      drop table never_closed\n  end\nend\n"],
    ['shop/migrations/0002_x.py', "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.RunPython(fill),\n        migrations.AddField('order', 'colour', ColourField()),\n        migrations.RunSQL(f'drop table {name}'),\n        custom.DoThings(),\n    ]\n"],
    ['changelog.xml', '<databaseChangeLog>\n<changeSet id="1" author="a" context="prod">\n<loadData tableName="x" file="y.csv"/>\n<sqlFile path="missing.sql"/>\n<dropColumn tableName="x" columnName="${c}"/>\n</changeSet>\n<changeSet'],
    ['sql/V1__x.sql', 'alter table ${schema}.orders add note text;\n'],
    ['versions/x.py', "from alembic import op\n\ndef upgrade():\n    bind = op.get_bind()\n    for name in names:\n        op.drop_table(name)\n    op.execute(f'drop table {x}')\n    fill(bind)\n"],
    ['migrations/20260301000000_x.js', "exports.up = (knex) => knex.schema.dropTable('orders');\n"],
    ['notes.txt', 'drop table orders'],
  ];

  test('and said in words', async () => {
    const told: string[] = [];
    for (const [path, text] of broken) for (const { line, message } of (await read(path, text)).problems) told.push(`${path}:${line}: ${message}`);
    expect(told.join('\n')).toMatchInlineSnapshot(`
      "db/migrate/20260301_x.rb:3: a line of Ruby that is no call of a migration: what it does is not known
      db/migrate/20260301_x.rb:4: an argument of add_column is worked out when it runs, so that what it does is not known
      db/migrate/20260301_x.rb:5: Ruby's if decides when it runs what is done
      db/migrate/20260301_x.rb:8: runs only unless index_exists?(:orders, :paid); whether it does is decided when it runs
      db/migrate/20260301_x.rb:9: the text of SQL has no end in this file
      shop/migrations/0002_x.py:5: RunPython runs code of the application: which rows it changes is not known
      shop/migrations/0002_x.py:6: of the field colour it is not known what column it makes: ColourField is no field of Django
      shop/migrations/0002_x.py:7: the SQL is built when the migration runs
      shop/migrations/0002_x.py:8: DoThings is no operation that is known: what it does is not known
      changelog.xml:7: the XML cannot be read from here on: unclosed tag: databaseChangeLog
      changelog.xml:2: the change set 1 runs in the context or under the label prod only
      changelog.xml:3: loadData is no change type that is known: what it does is not known
      changelog.xml:4: the SQL is in missing.sql, which was not given
      changelog.xml:5: dropColumn has the parameter c, whose value is not in the changelog
      sql/V1__x.sql:1: the placeholder \${schema} has a value in the configuration of Flyway only: what the statement names is not known
      versions/x.py:4: what is assigned here is worked out when it runs, and may change something
      versions/x.py:5: Python's for decides when it runs what is done
      versions/x.py:7: the SQL that it executes is built when it runs
      versions/x.py:8: fill is code of the application: what it changes is not known
      migrations/20260301000000_x.js:1: a migration of Knex is a program, which is not read; give the SQL that it sends (KNEX_DEBUG, or migrate:up against a test database with logging)
      notes.txt:1: no tool is known whose migrations look like this; name it with --tool, or give its SQL"
    `);
  });
});

describe('any text', () => {
  const paths: Record<(typeof MIGRATION_TOOLS)[number], string> = {
    sql: 'a.sql', rails: 'db/migrate/20260301_a.rb', django: 'a/migrations/0001_a.py', flyway: 'V1__a.sql', liquibase: 'a.xml', alembic: 'a.py', dbmate: '1_a.sql', goose: '1_a.sql', knex: 'a.js', prisma: 'migrations/20260301000000_a/migration.sql',
  };
  const pieces = fc.constantFrom(
    'class A < ActiveRecord::Migration[7.1]\n', 'def change\n', 'create_table :a do |t|\n', 't.string :b, default: "x"\n', 'end\n', 'execute <<~SQL\n', '#{', '%w[', '{ |x|', 'class Migration(migrations.Migration):\n', '    operations = [', 'migrations.CreateModel(', "name='A'", ')', ']',
    '<databaseChangeLog>', '<changeSet id="1">', '<sql>', '<![CDATA[', '&', '</sql>', 'def upgrade():\n', '    op.add_column(', '-- +goose Up\n', '-- migrate:up\n', '--changeset a:1\n', '$$', "'", '"', ';', '\0', '\ud800', '/*', '--', '\n', 'begin atomic', '(', 'alter table a drop b', 'databaseChangeLog:\n', '  - changeSet:\n', '      - &a [*a]\n',
  );

  test.each(MIGRATION_TOOLS)('gives steps or problems as %s, and never fails', async (tool) => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''))), async (text) => {
      for (const path of tool === 'liquibase' ? ['a.xml', 'a.yaml', 'a.sql'] : [paths[tool]]) {
        const [file] = await readMigrations([{ path, text }], { tool });
        const lines = text.split('\n').length;
        for (const { line } of [...(file?.steps ?? []), ...(file?.problems ?? [])]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }
    }), { numRuns: 150 });
  });

  test.each(MIGRATION_TOOLS)('of ten million characters is read as %s in bounded time', async (tool) => {
    const long = 10_000_000;
    for (const text of [`select '${'x'.repeat(long)}`, '('.repeat(long / 10), '<a>'.repeat(long / 100), `${'    '.repeat(1000)}[[`.repeat(20), '#{'.repeat(long / 100)]) {
      const [file] = await readMigrations([{ path: paths[tool], text }], { tool });
      expect(file?.path).toBe(paths[tool]);
    }
  }, 60_000);
});
