import { createPrivateKey, createPublicKey, createHash, sign, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** No key or credentials file is longer. */
const FILE_BYTES_MAX = 100_000;

/** A key or a file of credentials that cannot be used, in words that follow the name of the file. */
export class CredentialProblem extends Error {
  override readonly name = 'CredentialProblem';

  constructor(
    detail: string,
    readonly nextStep: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** @throws CredentialProblem that names the file and never its content. */
export async function readCredentialFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new CredentialProblem(`${path} is no file of credentials: it is too large`, 'Name another file.');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof CredentialProblem) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    const words: Record<string, string> = { ENOENT: 'there is no such file', EACCES: 'this user may not read it', EISDIR: 'it is a folder' };
    throw new CredentialProblem(`${path}: ${words[code] ?? code}`, 'Correct the path, or let this user read the file.', { cause: error });
  }
}

/**
 * A private RSA key in PEM (PKCS#8, encrypted or not, or PKCS#1).
 * @param place what to call it in messages: a file name.
 * @throws CredentialProblem
 */
export function privateKey(pem: string, passphrase: string | undefined, place: string): KeyObject {
  const isEncrypted = /ENCRYPTED/.test(pem);
  if (isEncrypted && passphrase === undefined) throw new CredentialProblem(`the private key in ${place} is encrypted and no passphrase is known`, 'Set credentials.private_key_passphrase.');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(isEncrypted ? { passphrase } : {}) });
  } catch {
    // Causes are left out: OpenSSL's may speak of the key's content.
    if (isEncrypted) throw new CredentialProblem(`the private key in ${place} cannot be decrypted: wrong passphrase, or a damaged key`, 'Correct credentials.private_key_passphrase.');
    throw new CredentialProblem(`${place} holds no private key in PEM`, 'Give the file of the private key, as openssl pkcs8 -topk8 writes it.');
  }
  if (key.asymmetricKeyType !== 'rsa') throw new CredentialProblem(`the private key in ${place} is not an RSA key`, 'Make one with openssl genrsa 2048 | openssl pkcs8 -topk8.');
  return key;
}

/** SHA-256 of the public key as Snowflake prints it in RSA_PUBLIC_KEY_FP, without its prefix. */
export function fingerprint(key: KeyObject): string {
  return createHash('sha256').update(createPublicKey(key).export({ type: 'spki', format: 'der' })).digest('base64');
}

/** A JSON Web Token signed with RS256 (RFC 7515, 7518 section 3.3). */
export function signedToken(claims: Readonly<Record<string, string | number>>, key: KeyObject, header: Readonly<Record<string, string>> = {}): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key).toString('base64url')}`;
}

/** What is made anew before it ends, or when the service no longer takes it. */
export class Renewed<T extends { expires_at_ms: number }> {
  #current: T | null = null;

  /** @param early_ms so long before its end it counts as ended. */
  constructor(
    private readonly make: () => Promise<T>,
    private readonly early_ms: number,
  ) {}

  async get(renew: boolean): Promise<T> {
    if (this.#current === null || renew || Date.now() > this.#current.expires_at_ms - this.early_ms) this.#current = await this.make();
    return this.#current;
  }
}
