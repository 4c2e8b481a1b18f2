import { findPersonalData } from '../privacy/literal.js';

/**
 * Comments that tools sign their SQL with: they say which card, model or route sends a statement, and attribution needs
 * them. Forms as the tools write them: Metabase, Redash, Looker, dbt and Mode (one JSON object), Hex, sqlcommenter.
 */
const SIGNATURES: readonly RegExp[] = [
  /^Metabase(::|\s)/,
  /^Username: .{0,200}\b(query_id|Queue|Query Hash): /s,
  /^[A-Za-z :]{0,40}'?\{\s*"/,
  /^[\w.%-]+='[^']*'(\s*,\s*[\w.%-]+='[^']*')*$/,
  // PostgreSQL 18's own mark for a list that it has cut.
  /^, \.\.\.$/,
];
/** Fields of such signatures that name a person. */
const PERSON_FIELDS: readonly RegExp[] = [
  /((?:Username|User|Email): )([^,*]{1,200})/g,
  /("(?:user|username|user_name|user_email|userEmail|email|author|name|full_name)"\s*:\s*")((?:[^"\\]|\\.){1,200})/gi,
  /(\b(?:user|username|user_name|user_email|email)=')([^']{1,200})/gi,
];
const LONG_NUMBER = /\d{5,}/g;
/** No tool signs at such length; it is SQL or prose that somebody put aside, and nothing that attribution needs. */
const LENGTH_MAX = 10_000;

/**
 * A comment of a production statement, with its marks: personal data and secrets are replaced by their kind; a comment
 * that is no tool's signature may be SQL that somebody put aside, so its quoted texts and long numbers go too. Of a very
 * long one nothing is left.
 */
export function maskComment(comment: string): string {
  if (comment.length > LENGTH_MAX) return comment.startsWith('--') ? '-- ?' : '/* ? */';
  const inner = (comment.startsWith('--') ? comment.slice(2) : comment.slice(2).replace(/\*\/$/, '')).trim();
  const named = PERSON_FIELDS.reduce((text, field) => text.replace(field, '$1[user]'), comment);
  const clean = withKinds(named);
  if (SIGNATURES.some((form) => form.test(inner))) return clean;
  return clean.replace(/'[^'\n]*'/g, "'?'").replace(LONG_NUMBER, '0');
}

function withKinds(text: string): string {
  let masked = '';
  let at = 0;
  for (const span of findPersonalData(text)) {
    masked += `${text.slice(at, span.start)}[${span.kind}]`;
    at = span.end;
  }
  return masked + text.slice(at);
}
