import { describe, expect, it } from 'vitest';
import type { Catalog, Column, Relation } from '../../src/model/catalog.js';
import { classifyCatalog } from '../../src/privacy/classify.js';

const column = (name: string, type = 'text', more: Partial<Column> = {}): Column => ({
  name, type, nullable: true, comment: null, label: null, enumValues: null, ...more,
});

const relation = (schema: string, name: string, kind: Relation['kind'], columns: Column[]): Relation => ({
  schema, name, kind, owner: null, comment: null, columns, definition: null, rows: null, size_bytes: null,
  rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
});

const catalog: Catalog = {
  relations: [
    relation('shop', 'customer', 'table', [
      column('customer_id', 'bigint'), column('full_name'), column('email'), column('notes'), column('tier'),
    ]),
    relation('integration', 'customer_v1', 'view', [column('customer_id', 'bigint'), column('email')]),
    relation('shop', 'product', 'table', [column('name'), column('description')]),
  ],
  constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {},
};

describe('classifyCatalog', () => {
  it('classifies tables and views by the full name of the column', () => {
    expect([...classifyCatalog(catalog, [])].map(([name, { kind }]) => `${name} ${kind}`)).toEqual([
      'shop.customer.full_name full_name',
      'shop.customer.email email',
      'integration.customer_v1.email email',
    ]);
  });

  it('lets the configuration win, the first pattern that matches', () => {
    const found = classifyCatalog(catalog, [
      { pattern: 'integration.*.email', kind: 'none' },
      { pattern: 'shop.customer.notes', kind: 'health' },
      { pattern: 'shop.customer.*', kind: 'loyalty' },
    ]);
    expect(found.get('integration.customer_v1.email')).toBeUndefined();
    expect(found.get('shop.customer.notes')).toEqual({
      kind: 'health', class: 'quasi', confidence: 1, reasons: ['declared in the configuration by shop.customer.notes'], declaredBy: ['tidemark.yaml'],
    });
    expect(found.get('shop.customer.tier')).toEqual({
      kind: 'loyalty', class: 'direct', confidence: 1, reasons: ['declared in the configuration by shop.customer.*'], declaredBy: ['tidemark.yaml'],
    });
  });
});
