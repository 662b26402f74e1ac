/** Who uses the page, as far as it matters for what is offered; the service decides for itself what is allowed. */
export interface Visitor {
  readonly name: string;
  readonly role: 'customer' | 'staff' | 'admin';
  /** Whose orders a customer sees; null for staff. */
  readonly customerId: string | null;
}

/** Everybody at a service that asks for no tokens. */
const DEVELOPER: Visitor = { name: 'developer', role: 'admin', customerId: null };

/** Who a token speaks of. It is not checked here: the service does that with every request. */
export function visitorOf(token: string | null): Visitor {
  if (token === null) return DEVELOPER;
  const claims = claimsOf(token);
  const roles = Array.isArray(claims['roles']) ? claims['roles'] : [];
  const role = roles.includes('admin') ? 'admin' : roles.includes('staff') ? 'staff' : 'customer';
  return {
    name: text(claims['sub']) ?? 'somebody',
    role,
    customerId: role === 'customer' ? (text(claims['customerId']) ?? '') : null,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    // An object's fields may be read, whatever they are.
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
