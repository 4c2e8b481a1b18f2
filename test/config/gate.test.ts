import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.js';
import { ConfigurationError } from '../../src/config/problem.js';

function parse(text: string) {
  return parseConfiguration(`stores: [{ name: production, role: operational, engine: postgres, url: "\${env:UNSET}" }]\n${text}`, '/srv/casework', { environment: {}, connects: false, displayName: 'tidemark.yaml' }).configuration;
}

test('files of the gate start from the folder of the configuration, and no secret has to be set', () => {
  expect(parse('baseline: gate/baseline.yaml\nmigrations:\n  - { path: db/migrate, store: production, tool: rails }\n').gate).toEqual({
    baseline: '/srv/casework/gate/baseline.yaml',
    waivers: null,
    migrations: [{ path: 'db/migrate', store: 'production', tool: 'rails' }],
  });
  expect(parse('').gate).toBeUndefined();
});

test('migrations of a store or tool that does not exist are refused with their place', () => {
  const refusal = (text: string): string => {
    try {
      parse(text);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message;
      throw error;
    }
    throw new Error('was not refused');
  };
  expect(refusal('migrations:\n  - { path: db, store: prodution }\n')).toMatchInlineSnapshot(`
    "tidemark.yaml:3:24 there is no store 'prodution'; did you mean 'production'?
       3 |   - { path: db, store: prodution }
         |                        ^"
  `);
  expect(refusal('migrations:\n  - { path: db, tool: ralis }\n')).toMatchInlineSnapshot(`
    "tidemark.yaml:3:23 migrations[0].tool must be one of sql, rails, django, flyway, liquibase, alembic, dbmate, goose, knex, prisma, not 'ralis'; did you mean 'rails'?
       3 |   - { path: db, tool: ralis }
         |                       ^"
  `);
});
