const IN_FLIGHT_MAX = 12;

const CREATE = `mutation { createOrder(input: { customerId: "ALFKI"
  items: [{ sku: "CHAI", quantity: 2, unitPrice: "18.00" }]
  shippingAddress: { recipient: "Maria Anders", line1: "Obere Str. 57", city: "Berlin", country: "Germany" } }) {
  order { id } } }`;

/** The data of a query or a mutation. */
export async function ask(url: string, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  // An answer of the service.
  return ((await answer.json()) as { readonly data: unknown }).data;
}

/** Orders, now more and now fewer at a time, so that the charts have something to show. */
export async function traffic(url: string, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const size = 1 + Math.floor(Math.abs(Math.sin(Date.now() / 4_000)) * IN_FLIGHT_MAX);
    await Promise.all(Array.from({ length: size }, () => ask(url, CREATE)));
  }
}
