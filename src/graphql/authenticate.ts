import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { TidemarkError } from '../kernel/index.js';
import type { Principal } from './access.js';

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5;
/** How many verified tokens are remembered until they expire. */
const REMEMBERED_MAX = 10_000;
/** The longest token that is looked at, in characters. */
const TOKEN_LENGTH_MAX = 8_192;
const SECRET_ALGORITHMS = ['HS256'];
const KEY_SET_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** How tokens are checked: by a shared secret (HS256) or by a published key set; issuer and audience always. */
export interface TokenSettings {
  /** A secret that is shared, or where the issuer has its public keys. */
  readonly key: { readonly secret: string } | { readonly keySetUrl: string };
  /** The `iss` that tokens must have. */
  readonly issuer: string;
  /** The `aud` that tokens must have. */
  readonly audience: string;
}

/** Turns credentials (`Bearer …`, or none) into a principal; null without credentials, UNAUTHENTICATED for bad ones. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal | null>;

/** Everybody is the developer at this machine: for local use only, where no token is ever asked for. */
export const authenticateAsDeveloper: Authenticate = async () => developer;

const developer: Principal = { subject: 'developer', roles: ['admin'], claims: {}, expiresAt: null };

/** Authentication by JSON Web Tokens with pinned algorithms. */
export function authenticateByToken({ key, issuer, audience }: TokenSettings): Authenticate {
  const remembered = new Map<string, Principal & { expiresAt: number }>();
  const secret = 'secret' in key ? new TextEncoder().encode(key.secret) : undefined;
  const keySet = 'keySetUrl' in key ? createRemoteJWKSet(new URL(key.keySetUrl)) : undefined;
  const options = {
    issuer,
    audience,
    algorithms: secret === undefined ? KEY_SET_ALGORITHMS : SECRET_ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['sub', 'exp'],
  };

  async function verify(token: string): Promise<Principal & { expiresAt: number }> {
    const { payload } =
      secret === undefined
        ? await jwtVerify(token, keySet as JWTVerifyGetKey, options)
        : await jwtVerify(token, secret, options);
    return principalOf(payload);
  }

  function remember(token: string, principal: Principal & { expiresAt: number }): void {
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(token, principal);
  }

  return async (authorization) => {
    if (authorization === undefined || authorization === '') return null;
    const token = bearer(authorization);
    const known = remembered.get(token);
    if (known !== undefined && known.expiresAt > Date.now()) return known;
    try {
      const principal = await verify(token);
      remember(token, principal);
      return principal;
    } catch (error) {
      remembered.delete(token);
      throw explain(error);
    }
  };
}

function bearer(authorization: string): string {
  const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? [];
  if (token === undefined || token.length > TOKEN_LENGTH_MAX) {
    throw new TidemarkError('UNAUTHENTICATED', 'The credentials must be `Bearer` and a token.');
  }
  return token;
}

function principalOf(payload: JWTPayload): Principal & { expiresAt: number } {
  const { sub = '', exp = 0, roles } = payload;
  const claims = Object.entries(payload).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    subject: sub,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    claims: Object.fromEntries(claims),
    expiresAt: exp * 1_000,
  };
}

/** Errors that say nothing about the token: the key set did not come, or is none. */
const KEY_SET_FAILURES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

function explain(error: unknown): TidemarkError {
  if (!(error instanceof errors.JOSEError) || KEY_SET_FAILURES.includes(error.code)) {
    return new TidemarkError(
      'UNAVAILABLE',
      'The keys that tokens are checked with cannot be had. Try again later.',
      {
        cause: error,
      },
    );
  }
  const message =
    error instanceof errors.JWTExpired
      ? 'The token has expired. Get a new one.'
      : 'The token is not valid here.';
  return new TidemarkError('UNAUTHENTICATED', message, { cause: error });
}
