import { expect, test } from 'vitest';
import { looksLikeMigration } from '../../src/migrations/looks-like-migration.js';

test.each([
  ['db/migrate/20260301_add_note.rb', 'class AddNote < ActiveRecord::Migration[8.0]\nend\n'],
  ['shop/migrations/0004_note.py', 'class Migration(migrations.Migration):\n    pass\n'],
  ['alembic/versions/3f0c_note.py', 'def upgrade():\n    pass\n'],
  ['src/main/resources/db/migration/V2.1__note.sql', 'ALTER TABLE t ADD c int;'],
  ['sql/R__views.sql', 'CREATE VIEW v AS SELECT 1;'],
  ['schema/004.sql', '-- migrate:up\nALTER TABLE t ADD c int;'],
  ['schema/005.sql', '-- +goose Up\nALTER TABLE t ADD c int;'],
  ['prisma/migrations/2026_note/migration.sql', 'ALTER TABLE t ADD c int;'],
  ['conf/changes.yaml', 'databaseChangeLog:\n  - changeSet: {}\n'],
])('%s is a migration', (file, text) => {
  expect(looksLikeMigration(file, text)).toBe(true);
});

test.each([
  ['reports/late.sql', 'SELECT 1;'],
  ['shop/migrations/__init__.py', ''],
  ['db/migrate/README.md', 'how to migrate'],
  ['src/motion.js', 'export const up = () => move(1);'],
  ['boards/floor.json', '{"panels": []}'],
])('%s is none', (file, text) => {
  expect(looksLikeMigration(file, text)).toBe(false);
});
