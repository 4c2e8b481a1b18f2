import type { PrivacyAnswer } from '../../../../src/cli/privacy/answer.js';
import type { ColumnPlace } from '../../../../src/model/movement.js';
import type { PersonalColumn, PersonalCopy, PersonalUse } from '../../../../src/model/personal-column.js';

export function place(store: string, name: string): ColumnPlace {
  const dot = name.lastIndexOf('.');
  return { store, relation: name.slice(0, dot), column: name.slice(dot + 1) };
}

export function use(given: Partial<PersonalUse> & Pick<PersonalUse, 'consumer' | 'place'>): PersonalUse {
  return { owner: null, kind: 'card', dashboard: null, audience: 'inside', use: 'shown', output: given.place.column, mask: 'raw', exported: null, ...given };
}

export function copy(from: ColumnPlace, to: ColumnPlace, given: Partial<PersonalCopy> = {}): PersonalCopy {
  return { place: to, from, zone: 'raw', mask: 'raw', via: 'load', by: 'role warehouse_loader', confidence: 1, readers: 0, ...given };
}

export function column(at: ColumnPlace, given: Partial<PersonalColumn> = {}): PersonalColumn {
  return { place: at, zone: 'internal', dataType: 'text', kind: 'email', class: 'direct', confidence: 0.99, reasons: [`${at.column} is named like an e-mail address`], against: [], declarations: [], copies: [], uses: [], ...given };
}

const email = place('production', 'shop.customer.email');
const landed = place('warehouse', 'raw.customer.email');
const mart = place('warehouse', 'analytics.mart_customer_orders.customer_email');
const hashed = place('warehouse', 'analytics.dim_customer.customer_ref');
const phone = place('production', 'shop.customer.phone');
const password = place('production', 'shop.account.password_hash');
const postcode = place('production', 'shop.customer.postal_code');

/** A shop whose addresses get everywhere. */
export const shopPrivacy: PrivacyAnswer = {
  schemaVersion: 1,
  tool: { name: 'tidemark', version: '1.0.0' },
  takenAt: '2026-11-22T13:30:00.000Z',
  stores: [{ name: 'production', role: 'operational', engine: 'postgres' }, { name: 'warehouse', role: 'warehouse', engine: 'duckdb' }],
  looked: 214,
  columns: [
    column(place('production', 'shop.address.street'), { kind: 'street_address', zone: 'internal' }),
    column(email, {
      reasons: ['email is named like an e-mail address', 'the table customer is named after persons'],
      against: ['its type is an enum'],
      declarations: [{ schema: 'shop', relation: 'customer', column: 'email', verdict: 'personal', kind: 'email', words: 'classification: confidential', by: 'data contract customers', store: 'production' }],
      copies: [
        copy(email, landed, { confidence: 0.85, readers: 1 }),
        copy(landed, mart, { zone: 'mart', via: 'model', by: 'dbt model mart_customer_orders', readers: 2 }),
        copy(landed, hashed, { zone: 'mart', mask: 'pseudonymous-keyed', via: 'statement', by: 'role warehouse_loader' }),
      ],
      uses: [
        use({ consumer: 'metabase card 210 Latest newsletter sign-ups', place: email, owner: 'Shop Team', audience: 'public', output: 'address' }),
        use({ consumer: 'metabase card 206 Find orders', place: email, use: 'condition', output: null, dashboard: 'Customer care' }),
        use({ consumer: 'role analyst_export', kind: 'role', place: email, exported: 'COPY … TO' }),
        use({ consumer: 'metabase card 309 Customers by mail provider', place: landed, use: 'grouping', output: null, mask: 'partial' }),
        use({ consumer: 'metabase card 312 Top customers', place: mart, owner: 'Finance Reporting' }),
      ],
    }),
    column(phone, { kind: 'phone', uses: [use({ consumer: 'metabase card 205 Customers to call back', place: phone, owner: 'Shop Team' })] }),
    column(password, { kind: 'password', class: 'secret', uses: [use({ consumer: 'metabase card 209 Accounts', place: password })] }),
    column(postcode, { kind: 'postal_code', class: 'quasi', confidence: 0.74, uses: [use({ consumer: 'metabase card 207 Customers by area', place: postcode, use: 'grouping', output: null })] }),
  ],
  disagreements: [{
    place: place('warehouse', 'analytics.dim_customer.contact'),
    declarations: [{ schema: 'analytics', relation: 'dim_customer', column: 'contact', verdict: 'harmless', kind: null, words: 'contains_pii: false', by: 'dbt model dim_customer', store: 'warehouse' }],
    inferred: { kind: 'phone', confidence: 0.81, reasons: ['contact is named like a telephone number'] },
  }],
  gaps: [{ subject: 'replica', missing: 'everything', cause: 'connection refused at replica.internal:5432', remedy: 'check that the server runs and that this machine may reach it, then run again', severity: 'blind' }],
  assumptions: ['where raw.customer is loaded from was told by its name and 6 of 7 columns'],
};
