import type { ApiAnswer } from './client.js';

/** Keys under which tools keep credentials, in answers as in exports. */
const SECRET_KEY =
  /^(pass(word|wd|phrase)?|secret|secrets|secure_?json_?data|api_?key|access_?token|refresh_?token|token|auth_?token|authorization|private_?key(_id)?|client_?secret|service[-_]account[-_]json|credentials?(_json)?|encrypted_(extra|options)|session_?id|cookie|ssl[-_]?(key|root-cert|client-cert)[-_]?(value|password-value)?|tunnel-(pass|private-key)(phrase)?|database_secrets)$/i;
const HIDDEN = '***';
/** Answers nest less deep; what is deeper is left out. */
const DEPTH_MAX = 200;

/** The answer with `***` in place of what stands under the key of a secret, and of passwords in addresses. */
export function withoutSecrets(answer: ApiAnswer): ApiAnswer {
  const value: unknown = JSON.parse(answer.text);
  return { path: answer.path, text: JSON.stringify(clean(value, 0), null, 1) };
}

function clean(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return null;
  if (typeof value === 'string') return value.replace(/(\b[a-z][\w+.-]{1,30}:\/\/[^\s:/@'"]{0,200}:)[^\s/@'"]{1,300}@/gi, `$1${HIDDEN}@`);
  if (Array.isArray(value)) return value.map((inner) => clean(inner, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_KEY.test(key) && inner !== null && typeof inner !== 'boolean' ? HIDDEN : clean(inner, depth + 1)]),
  );
}
