import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { Connection } from './connection.js';

/**
 * How to try a connection, in order, as libpq reads sslmode (PostgreSQL 18, table 34.1): `prefer` tries TLS without
 * checking the certificate, then plain; a socket of the file system never uses TLS.
 * @throws the file system's error when a certificate file cannot be read.
 */
export function tlsAttempts(connection: Connection): (false | ConnectionOptions)[] {
  if (connection.host.startsWith('/')) return [false];
  const unchecked = { ...certificates(connection), rejectUnauthorized: false };
  switch (connection.sslMode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unchecked];
    case 'prefer':
      return [unchecked, false];
    case 'no-verify':
      return [unchecked];
    case 'require':
      // With a root certificate libpq checks it even for `require`.
      return [connection.sslRootCertificate === null ? unchecked : chainOnly(connection)];
    case 'verify-ca':
      return [chainOnly(connection)];
    case 'verify-full':
      return [certificates(connection)];
  }
}

function chainOnly(connection: Connection): ConnectionOptions {
  return { ...certificates(connection), checkServerIdentity: () => undefined };
}

function certificates(connection: Connection): ConnectionOptions {
  const { sslRootCertificate, sslCertificate, sslKey } = connection;
  return {
    // `system` stands for the trust store, which is Node's default.
    ...(sslRootCertificate === null || sslRootCertificate === 'system' ? {} : { ca: readFileSync(sslRootCertificate) }),
    ...(sslCertificate === null ? {} : { cert: readFileSync(sslCertificate) }),
    ...(sslKey === null ? {} : { key: readFileSync(sslKey) }),
  };
}
