import { SignJWT } from 'jose';
import type { AuthConfig } from '../../src/settings/index.js';
import { openSocket, type RawSocket } from './raw-socket.js';
import type { Service } from './service.js';

/** How the tests' services check tokens. */
export const AUTH = {
  key: { secret: 'a secret for tests, long enough for HS256' },
  issuer: 'https://issuer.test',
  audience: 'tidemark-tests',
} as const satisfies AuthConfig;

/** What a token says, and how it is signed; all of it has a good default. */
export interface TokenOptions {
  readonly subject?: string | null;
  readonly roles?: readonly string[];
  readonly customerId?: string;
  readonly issuer?: string;
  readonly audience?: string;
  /** From now, in seconds; null for a token without an end. */
  readonly expiresIn?: number | null;
  readonly secret?: string;
  readonly algorithm?: string;
}

/** The token's claims, not yet signed. */
export function claims(options: TokenOptions = {}): SignJWT {
  const { subject = 'ann', roles = ['staff'], customerId, expiresIn = 600 } = options;
  const token = new SignJWT({ roles, ...(customerId !== undefined && { customerId }) })
    .setIssuer(options.issuer ?? AUTH.issuer)
    .setAudience(options.audience ?? AUTH.audience);
  if (subject !== null) token.setSubject(subject);
  if (expiresIn !== null) token.setExpirationTime(Math.floor(Date.now() / 1_000) + expiresIn);
  return token;
}

/** A token signed with the tests' secret. */
export function tokenOf(options: TokenOptions = {}): Promise<string> {
  const { secret = AUTH.key.secret, algorithm: alg = 'HS256' } = options;
  return claims(options).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

/** The header that signs a request in. */
export async function signedIn(options: TokenOptions = {}): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await tokenOf(options)}` };
}

/** The header of a customer, whose subject is the customer's id in lower case. */
export function asCustomer(customerId: string): Promise<{ authorization: string }> {
  return signedIn({ subject: customerId.toLowerCase(), roles: ['customer'], customerId });
}

/** The service as one caller sees it: every request carries these headers. */
export function actingAs(service: Service, headers: Readonly<Record<string, string>>): Service {
  return {
    ...service,
    gql: (query, variables, more) => service.gql(query, variables, { ...headers, ...more }),
  };
}

/** A WebSocket that the server has acknowledged for this caller; nobody's without headers. */
export async function openAs(
  service: Service,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawSocket> {
  const socket = await openSocket(service.url);
  socket.send({ type: 'connection_init', payload: headers });
  await socket.message('connection_ack');
  return socket;
}
