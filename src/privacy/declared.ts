/** What people wrote down about a column: a security label, or a comment that speaks of personal data. */
export type Declaration = { verdict: 'personal' | 'secret' | 'harmless'; words: string } | null;

const HARMLESS =
  /\b(?:no|not|non|without|never)[ -]?(?:contain(?:s|ing)?[ -]|any[ -]|a[ -])*(?:pii\b|personal(?:ly)?[ -](?:data|information|identif)|personally\b|sensitive\b|gdpr\b|confidential\b)|\bpii\s*[:=]\s*(?:false|no|none|0)\b|\b(?:not masked)\b|\bclassification\s*[:=]\s*(?:public|internal|none)\b/i;
const SECRET = /\b(?:secret|credential|classification\s*[:=]\s*secret)\b/i;
const PERSONAL =
  /\b(?:pii|spi|phi|personal(?:ly)?[ -](?:data|information|identif\w*)|gdpr|dsgvo|lgpd|rgpd|sensitive personal|personenbezogen\w*|donn[ée]es personnelles|datos personales|dados pessoais|dati personali|persoonsgegevens|data pribadi|dane osobowe|ki[şs]isel veri|personuppgift\w*)\b/i;

/**
 * Reads a security label of any provider: `MASKED WITH …` of postgresql_anonymizer, `pii`, `personal_data:email`,
 * `confidential`. A label that says neither yes nor no (an SELinux context, say) is no declaration.
 */
export function declarationOfLabel(label: string | null): Declaration {
  if (label === null || label.trim() === '') return null;
  const words = label.trim().slice(0, 200);
  if (HARMLESS.test(words) || /^\s*(?:public|internal|none|harmless)\s*$/i.test(words)) return { verdict: 'harmless', words };
  if (/\bmasked with\b/i.test(words) || PERSONAL.test(words) || /\b(?:confidential|restricted|sensitive)\b/i.test(words)) {
    return { verdict: 'personal', words };
  }
  return SECRET.test(words) ? { verdict: 'secret', words } : null;
}

/** Reads a comment. Only words that people use to declare personal data count: a comment may also mention an e-mail in passing. */
export function declarationOfComment(comment: string | null): Declaration {
  if (comment === null || comment.trim() === '') return null;
  const words = comment.trim().slice(0, 500);
  if (HARMLESS.test(words)) return { verdict: 'harmless', words };
  return PERSONAL.test(words) ? { verdict: 'personal', words } : null;
}
