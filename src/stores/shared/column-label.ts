import { privacyOfSetting, privacyOfWord } from '../../text/declared-privacy.js';

/** One tag of a column in a warehouse's catalogue. */
export interface ColumnTag {
  name: string;
  value: string | null;
}

/** Snowflake's own tags of its classification (SNOWFLAKE.CORE): the kind stands in the first, the second is there beside it. */
const SEMANTIC_CATEGORY = 'SEMANTIC_CATEGORY';

/**
 * The label of a column from its masking policy and its tags, so that what they declare of personal data counts; null where
 * neither says anything. A policy comes first: it says at once that the column is masked.
 */
export function columnLabel(policy: string | null, tags: readonly ColumnTag[]): string | null {
  if (policy !== null) return `MASKED WITH POLICY ${policy}`;
  const told = tags.flatMap(({ name, value }) => {
    if (name.toUpperCase() === SEMANTIC_CATEGORY && value !== null) return [`pii: ${value.toLowerCase().replaceAll('_', ' ')}`];
    const declared = privacyOfSetting(name, value ?? 'true') ?? privacyOfWord(value === null ? name : `${name}: ${value}`);
    if (declared === null) return [];
    if (declared.verdict === 'harmless') return ['no personal data'];
    if (declared.kind === null) return [declared.verdict === 'secret' ? 'secret' : 'pii'];
    // A policy tag of BigQuery is told by its address alone, which is no kind of data.
    return [declared.kind.includes('/') ? `pii (${name})` : `pii: ${declared.kind}`];
  });
  return told.find((label) => label.startsWith('pii')) ?? told[0] ?? (tags.length === 0 ? null : tags.map(({ name, value }) => (value === null ? name : `${name}: ${value}`)).sort().join(', '));
}
