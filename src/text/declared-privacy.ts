/** What a word that somebody wrote about a column says of personal data. */
export type DeclaredVerdict = 'personal' | 'secret' | 'harmless';

export interface DeclaredPrivacy {
  verdict: DeclaredVerdict;
  /** What it says it is, in its own word (`email`, `home address`); null where it only says yes or no. */
  kind: string | null;
}

/** Longer texts are prose about other things; what is declared stands at the beginning. */
const PROSE_LENGTH_MAX = 500;
const WORD_LENGTH_MAX = 200;

const HARMLESS =
  /\b(?:no|not|non|without|never)[ -]?(?:contain(?:s|ing)?[ -]|any[ -]|a[ -])*(?:pii\b|personal(?:ly)?[ -](?:data|information|identif)|personally\b|sensitive\b|gdpr\b|confidential\b)|\bpii\s*[:=]\s*(?:false|no|none|0)\b|\b(?:not masked)\b|\bclassification\s*[:=]\s*(?:public|none)\b|\bkeine? personenbezogen|\b(?:sin datos|sem dados|sans donn[ée]es|senza dati|geen) (?:personales|pessoais|personnelles|personali|persoonsgegevens)\b/i;
const SECRET = /\b(?:secrets?|credentials?|classification\s*[:=]\s*secret)\b/i;
const PERSONAL =
  /\b(?:pii|spi|phi|personal(?:ly)?[ _-](?:data|information|identif\w*)|gdpr|dsgvo|lgpd|rgpd|avg-gevoelig|kvkk|rodo|sensitive personal|personenbezogen\w*|personendaten|donn[ée]es (?:à caract[èe]re )?personnel(?:les)?|datos personales|dados pessoais|dati personali|persoonsgegevens|data pribadi|dane osobowe|ki[şs]isel veri|personuppgift\w*)\b/i;
const RESTRICTED = /\b(?:confidential|restricted|sensitive|protected)\b/i;

/** Whether words speak of persons, or only of who may read: a confidential amount is no personal data. */
export function speaksOfPersons(words: string): boolean {
  const spaced = words.replace(/[_/.-]+/g, ' ');
  return PERSONAL.test(words) || PERSONAL.test(spaced) || SECRET.test(spaced) || /\bmasked with\b/i.test(words);
}

/** Reads a comment or description. Only words that people use to declare personal data count: it may mention an e-mail in passing. */
export function privacyOfProse(text: string): DeclaredPrivacy | null {
  const words = text.trim().slice(0, PROSE_LENGTH_MAX);
  if (HARMLESS.test(words)) return { verdict: 'harmless', kind: null };
  return PERSONAL.test(words) ? { verdict: 'personal', kind: null } : null;
}

/**
 * Reads a label, a tag or the word of a classification: `pii`, `pii:email`, `confidential`, `public`, `MASKED WITH …` of
 * postgresql_anonymizer. A word that says neither yes nor no (`internal`, an SELinux context) is no declaration.
 */
export function privacyOfWord(word: string): DeclaredPrivacy | null {
  const words = word.trim().slice(0, WORD_LENGTH_MAX);
  if (words === '') return null;
  if (HARMLESS.test(words) || /^\s*(?:public|none|harmless|non[-_ ]?pii|no[-_ ]?pii|not[-_ ]?pii|anonymi[sz]ed|pii[-_ ]?free)\s*$/i.test(words)) return { verdict: 'harmless', kind: null };
  const spaced = words.replace(/[_/.-]+/g, ' ');
  if (/\bmasked with\b/i.test(words)) return { verdict: 'personal', kind: /\banon\.(?:fake|dummy|random|pseudo|partial|generali[sz]e)_(\w+)/i.exec(words)?.[1] ?? null };
  if (PERSONAL.test(words) || PERSONAL.test(spaced)) return { verdict: 'personal', kind: /^[\w ]*(?:pii|personal[ _-]data|phi|spi|gdpr)\s*[:=/.]\s*([\w -]{2,60})$/i.exec(words)?.[1]?.trim() ?? null };
  if (SECRET.test(spaced)) return { verdict: 'secret', kind: null };
  return RESTRICTED.test(spaced) ? { verdict: 'personal', kind: null } : null;
}

const ASKS = /^(?:contains?|has|is|holds)?(?:pii|phi|spi|personaldata|personalinformation|personal|personallyidentifiable|gdpr|dsgvo|lgpd|kvkk|personenbezogen)(?:data|relevant|flag|column|sensitive)?$/;
const NAMES_KIND = /^(?:pii|phi|privacy|personaldata|gdpr|sensitivedata)(?:type|kind|category|class|classification|entity)$|^(?:semantictype|infotype)$/;
const CLASSIFIES = /^(?:data)?(?:classification|sensitivity|sensitivitylevel|classificationlevel|privacylevel|confidentiality|securityclass|securityclassification|privacyclass|sensitive)$/;
const MASKS = /^(?:mask|masked|masking|maskingpolicy|maskingrule|maskingfunction|datamask|datapolicies|policytags?)$/;
const YES = /^(?:true|yes|y|1|direct|indirect|quasi|high|medium|low|sensitive)$/i;
const NO = /^(?:false|no|n|0|none|null|off)$/i;

/**
 * Reads one setting of a tool's free metadata: `contains_pii: true`, `pii_type: email`, `classification: confidential`,
 * `masking_policy: mask_email`. Null for settings about other things.
 */
export function privacyOfSetting(key: string, value: unknown): DeclaredPrivacy | null {
  const name = key.slice(0, WORD_LENGTH_MAX).toLowerCase().replace(/[^a-z]/g, '');
  const text = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value).trim().slice(0, WORD_LENGTH_MAX) : null;
  if (text === null || text === '') return null;
  if (ASKS.test(name)) {
    if (NO.test(text)) return { verdict: 'harmless', kind: null };
    return { verdict: 'personal', kind: YES.test(text) ? null : text };
  }
  if (NAMES_KIND.test(name)) return NO.test(text) ? { verdict: 'harmless', kind: null } : (privacyOfWord(text) ?? { verdict: 'personal', kind: text });
  if (MASKS.test(name)) return NO.test(text) ? null : { verdict: 'personal', kind: /^true$/i.test(text) ? null : text };
  if (!CLASSIFIES.test(name)) return null;
  if (/^true$/i.test(text)) return { verdict: 'personal', kind: null };
  return NO.test(text) ? null : privacyOfWord(text);
}
