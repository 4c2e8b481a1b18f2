import { describe, expect, test } from 'vitest';
import { type ClientFacts, extract } from '../../src/facts/role.js';
import type { Catalog, Role } from '../../src/model/catalog.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { role } from '../support/estate.js';

const UNSEEN: ClientFacts = {
  longest_statement_seconds: Number.NaN, statement_timeout_overrides: [], statement_timeout_override_confidence: 0, idle_timeout_overrides: [],
  read_only_overrides: [], cards: [], mixed_applications: [], mixed_cards: [],
};

describe('what a role may do', () => {
  const catalog: Catalog = {
    ...emptyCatalog(),
    relations: ['app.case_file', 'app.task', 'read_model.worklist'].map((key) => {
      const [schema = '', name = ''] = key.split('.');
      return {
        schema, name, kind: 'table', owner: 'case_owner', comment: null, columns: [], definition: null, rows: 1, size_bytes: 1,
        rowSecurity: name === 'task', rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
      };
    }),
    grants: [
      { grantee: 'reporting', schema: 'app', relation: 'case_file', privileges: ['SELECT', 'UPDATE (status)'] },
      { grantee: 'metabase_ro', schema: 'app', relation: 'task', privileges: ['SELECT'] },
      { grantee: 'metabase_ro', schema: 'read_model', relation: 'worklist', privileges: ['DELETE', 'SELECT'] },
      { grantee: 'public', schema: 'app', relation: 'task', privileges: ['INSERT'] },
    ],
    roles: [role('reporting', { canLogin: false, settings: { statement_timeout: '30s' } })],
    settings: { statement_timeout: '0', lock_timeout: '5s' },
  };

  const facts = (overrides: Partial<Role>) =>
    extract({
      role: role('metabase_ro', overrides), purpose: 'reporting', purposeReason: 'configured', owner: null, catalog: { ...catalog, roles: [...catalog.roles, role('metabase_ro', overrides)] }, database: 'casework',
      isInternal: (relation) => relation.startsWith('app.'), statements: 0, analyticalStatements: 0, cardStatements: 0, operationalWrites: 0, blockShare: 0, clients: UNSEEN,
    });

  test('rights come by name, through PUBLIC and through memberships that it inherits', () => {
    expect(facts({ memberOf: ['reporting'] }).may_write).toEqual(['app.case_file', 'app.task']);
    expect(facts({ memberOf: ['reporting'], inherits: false }).may_write).toEqual(['app.task']);
  });

  test('an owner and a superuser may write everything', () => {
    expect(facts({ memberOf: ['case_owner'] }).may_write).toEqual(['app.case_file', 'app.task']);
    expect(facts({ superuser: true }).may_write).toEqual(['app.case_file', 'app.task']);
  });

  test('the predefined roles of PostgreSQL reach every relation without a grant', () => {
    expect(facts({ memberOf: ['pg_write_all_data'] }).may_write).toEqual(['app.case_file', 'app.task']);
    const all = { ...catalog, grants: [] };
    const reader = role('metabase_ro', { memberOf: ['pg_read_all_data'] });
    const read = extract({ role: reader, purpose: 'reporting', purposeReason: 'configured', owner: null, catalog: { ...all, roles: [reader] }, database: 'casework', isInternal: () => true, statements: 0, analyticalStatements: 0, cardStatements: 0, operationalWrites: 0, blockShare: 0, clients: UNSEEN });
    expect(read).toMatchObject({ may_write: [], reads_row_secured: ['app.task'] });
  });

  test('a setting of a group does not reach its members; the database default does', () => {
    expect(facts({ memberOf: ['reporting'] })).toMatchObject({ statement_timeout_seconds: 0, lock_timeout_seconds: 5, idle_in_transaction_timeout_seconds: Number.NaN });
    expect(facts({ settings: { statement_timeout: '45s' } }).statement_timeout_seconds).toBe(45);
  });

  test('row security is bypassed by the attribute and by superusers', () => {
    expect(facts({}).reads_row_secured).toEqual(['app.task']);
    expect(facts({}).bypasses_row_security).toBe(false);
    expect(facts({ superuser: true }).bypasses_row_security).toBe(true);
  });
});
