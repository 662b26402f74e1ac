import type { Principal } from '../access.js';

/** Claims that say who somebody is and how long a token holds (RFC 7519), not what they may see. */
const PERSONAL_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

/** All who may see the same: they have the same roles and claims. */
export interface Audience {
  /** The same text for the same audience. */
  readonly key: string;
  /** Whoever of them, so that nothing can depend on who; null without credentials. */
  readonly principal: Principal | null;
}

const NOBODY: Audience = { key: '', principal: null };
const known = new WeakMap<Principal, Audience>();

/** The audience that somebody belongs to. */
export function audienceOf(principal: Principal | null): Audience {
  if (principal === null) return NOBODY;
  const audience = known.get(principal) ?? createAudience(principal);
  known.set(principal, audience);
  return audience;
}

function createAudience({ roles, claims }: Principal): Audience {
  const shared = Object.entries(claims)
    .filter(([claim]) => !PERSONAL_CLAIMS.includes(claim))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const principal = {
    subject: '',
    roles: [...new Set(roles)].sort(),
    claims: Object.fromEntries(shared),
    expiresAt: null,
  };
  return { key: JSON.stringify([principal.roles, shared]), principal };
}
