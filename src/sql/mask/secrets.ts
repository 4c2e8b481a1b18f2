import type { Call, Expression } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { type MaskRules, rulesOf, wordsOf } from './context.js';
import { bare, childrenOf, functionName, numberOf, some, textOf } from './literals.js';

const DIGESTS = wordsOf(`
  md5 md5_hex md5_binary md5_number md5_number_lower md5_number_upper md5_number_lower64 md5_number_upper64 halfmd5 md4
  sha sha1 sha1_hex sha1_binary func_sha1 sha2 sha2_hex sha2_binary sha224 sha256 sha384 sha512 sha512_256 sha3 keccak256 blake3 ripemd160
  digest standard_hash ora_hash hashbytes checksum binary_checksum
  hash hashtext hashtextextended hashint4 hashint8 hashchar hashname hashfloat8 hash_numeric hashbpchar hash_record jsonb_hash
  crc32 crc32c crc32ieee crc64 fnv_hash farm_fingerprint farmfingerprint64 farmhash64 cityhash64 siphash64 siphash128 metrohash64
  murmur_hash murmur3 murmur3_32_hash murmurhash2_32 murmurhash2_64 murmurhash3_32 murmurhash3_64 murmurhash3_128 gccmurmurhash
  spooky_hash_v2_32 spooky_hash_v2_64 xxhash32 xxhash64 xxh3 xx_hash wyhash64 javahash javahashutf16le hivehash hive_hash
  inthash32 inthash64 urlhash ngramsimhash uuid_generate_v3 uuid_generate_v5 uuid5 generateuuidv3 password old_password statement_digest
  consistent_hash jumpconsistenthash`);

const DIGEST_NAMES = new Set(DIGESTS);
const KEYED_NAMES = new Set(wordsOf('hmac hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512 siphash64keyed siphash128keyed crypt'));

/** Whether a call gives a digest, keyed or not. */
export function isDigest(call: Call): boolean {
  return DIGEST_NAMES.has(functionName(call)) || KEYED_NAMES.has(functionName(call));
}

/**
 * Hashing and encryption. What the text itself betrays (no secret, a constant salt, a key written there) falls to a dictionary; a key that
 * lies outside of the text makes it a keyed pseudonym. Sources: PostgreSQL 18 "pgcrypto", manuals of the warehouses.
 */
export const secretRules: MaskRules = {
  ...rulesOf(DIGESTS.join(' '), (call) => (call.arguments.some(holdsSecret) ? 'pseudonymous-keyed' : 'pseudonymous-weak')),
  ...rulesOf('hmac', (call) => hmac(call)),
  ...rulesOf('hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512', (call) => keyed(call.arguments[1], call.arguments[0])),
  ...rulesOf('siphash64keyed siphash128keyed', (call) => keyed(call.arguments[0], call.arguments[1])),
  ...rulesOf('crypt', (call) => keyed(call.arguments[1], null)),
  ...rulesOf('encrypt encrypt_raw try_encrypt encrypt_iv pgp_sym_encrypt pgp_sym_encrypt_bytea aes_encrypt des_encrypt sym_encrypt aes_encrypt_mysql', (call) =>
    // ClickHouse has the mode first: encrypt('aes-256-gcm', x, key).
    textOf(call.arguments[0]) !== null ? keyed(call.arguments[2], call.arguments[1]) : keyed(call.arguments[1], call.arguments[0]),
  ),
  ...rulesOf('aead.encrypt deterministic_encrypt encryptbypassphrase', (call) => keyed(call.arguments[0], call.arguments[1])),
  ...rulesOf('pgp_pub_encrypt pgp_pub_encrypt_bytea encryptbykey encryptbycert encryptbyasymkey crypto_aead_det_encrypt crypto_aead_ietf_encrypt', () => 'pseudonymous-keyed'),
  ...rulesOf(
    `decrypt decrypt_iv decrypt_raw try_decrypt try_decrypt_raw pgp_sym_decrypt pgp_sym_decrypt_bytea pgp_pub_decrypt pgp_pub_decrypt_bytea aes_decrypt
     try_aes_decrypt des_decrypt aes_decrypt_mysql trydecrypt aead.decrypt_string aead.decrypt_bytes deterministic_decrypt_string deterministic_decrypt_bytes
     decryptbykey decryptbypassphrase decryptbycert crypto_aead_det_decrypt`,
    () => 'reversible',
  ),
};

function keyed(key: Expression | undefined, value: Expression | null | undefined): MaskLevel {
  return key !== undefined && !isInText(key) && !(value && isBeside(key, value)) ? 'pseudonymous-keyed' : 'pseudonymous-weak';
}

/** hmac(data, key, type) of pgcrypto, HMAC(mode, message, key) of ClickHouse. */
function hmac(call: Call): MaskLevel {
  const [first, second, third] = call.arguments;
  if (textOf(first) !== null && third !== undefined) return keyed(third, second);
  // Where even the algorithm is a parameter the text was normalised: the key may have been written beside it.
  if (second !== undefined && bare(second)?.type === 'parameter' && third !== undefined && bare(third)?.type === 'parameter') return 'pseudonymous-weak';
  return keyed(second, first);
}

/** Functions that make a key of what they are given, and session values that anyone can guess. */
const DERIVING = new Set(wordsOf(`
  md5 sha1 sha2 sha224 sha256 sha384 sha512 digest decode encode convert_to convert_from hex unhex from_hex to_hex from_base64 to_base64 to_utf8 to_binary
  concat repeat lower upper lpad rpad left right reverse chr cast tobytes code_points_to_bytes keys.keyset_from_json keyset_from_json
  current_user session_user user current_database current_schema current_date current_catalog version`));

/** Whether a key can be worked out from the text alone. Columns, parameters, settings and sub-queries lie outside of it. */
function isInText(key: Expression): boolean {
  switch (key.type) {
    case 'literal':
      return true;
    case 'call':
      return DERIVING.has(functionName(key)) && key.arguments.every(isInText);
    case 'operation':
    case 'cast':
    case 'composite':
      return childrenOf(key).every(isInText);
    default:
      return false;
  }
}

/** A key in the same row as the value is stored where the value is: `hmac(c.email, c.salt)`. */
function isBeside(key: Expression, value: Expression): boolean {
  const [one, other] = [bare(key), bare(value)];
  if (one?.type !== 'column' || other?.type !== 'column') return false;
  const qualifier = one.parts.slice(0, -1).join('.');
  return qualifier !== '' && qualifier === other.parts.slice(0, -1).join('.');
}

const SETTINGS = new Set(['current_setting', 'getvariable', 'secret', 'get_secret', 'keys.keyset_chain', 'try_secret']);

/** A digest over a value and a secret of the server is as good as a keyed one. */
function holdsSecret(expression: Expression): boolean {
  return some(expression, (inner) => inner.type === 'call' && SETTINGS.has(functionName(inner)) && numberOf(inner) === null);
}
