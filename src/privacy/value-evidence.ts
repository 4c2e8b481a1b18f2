import type { KindDefinition } from './kinds/kind.js';

/** What a bounded sample of a column's values says, as counted in the database: shares only, never a value. */
export interface ValueEvidence {
  /** The kind whose check was run. */
  kind: string;
  /** Of the values that are not null, how many pass; 0 to 1. */
  share: number;
  /** Different values by values that are not null; null where it was not counted. */
  distinctShare: number | null;
  /** How many values were looked at. */
  values: number;
}

/**
 * How often ordinary values of other columns pass the check of a kind: checksums hardly ever, shapes now and then. From the
 * comparison of checks on public data in lineage-privacy-warehouses 2.3 (5).
 */
const BASE_SHARE: Readonly<Record<string, number>> = {
  email: 0.0005, iban: 0.0005, national_id: 0.001, ip_address: 0.001, device_id: 0.001, tax_id: 0.01, payment_card: 0.02, phone: 0.02,
  medical_record_number: 0.05, insurance_number: 0.05, bank_account: 0.05, vehicle_plate: 0.001, password: 0.001, token: 0.001, first_name: 0.15, last_name: 0.15, full_name: 0.15, street_address: 0.1,
};
const BASE_SHARE_OTHER = 0.2;

/** Kinds whose values look like those of many innocent columns: they strengthen what a name says and decide nothing alone. */
const NEVER_ALONE = new Set(['date_of_birth', 'geolocation', 'gender', 'first_name', 'last_name', 'full_name', 'city', 'postal_code', 'age', 'nationality', 'marital_status']);
const NAMES = new Set(['first_name', 'last_name', 'full_name']);

const WEIGHT_MAX = 7;
/** Values that fail speak softly: test data, encrypted data, empty columns. */
const FAILING = -1.5;
const SHARE_FAILING = 0.2;
/** Fewer values are chance. */
const VALUES_MIN = 20;
/** Names that repeat so much are those of cities or brands. */
const DISTINCT_MIN = 0.2;

/** In log-odds. @param named whether the column's name says this kind, too */
export function valueWeight({ kind, share, distinctShare, values }: ValueEvidence, named: boolean): number {
  if (values < VALUES_MIN) return 0;
  if (share < SHARE_FAILING) return named ? FAILING * (1 - share / SHARE_FAILING) : 0;
  if (NEVER_ALONE.has(kind) && !named) return 0;
  if (NAMES.has(kind) && distinctShare !== null && distinctShare < DISTINCT_MIN) return 0;
  return Math.max(0, Math.min(WEIGHT_MAX, Math.log(share / (BASE_SHARE[kind] ?? BASE_SHARE_OTHER))));
}

/** In words, for the reasons. */
export function valueReason({ share, values }: ValueEvidence, { title }: KindDefinition): string {
  return `${Math.round(share * 100)} % of ${values} sampled values pass the check of ${title}`;
}
