import { newCommandId } from 'tidemark/client';
import type { CreateOrderInput } from '../generated/graphql.js';
import { ADDRESS_FIELDS, fractionOf } from '../parts/index.js';

const KEY = 'tidemark.shop.draft';

/** A line as it is typed. */
export interface DraftItem {
  /** Tells lines apart while they are edited. */
  readonly key: string;
  readonly sku: string;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly discount: string;
}

/** The parts of a line that are typed. */
export type ItemField = Exclude<keyof DraftItem, 'key'>;
/** The parts of an address. */
export type AddressField = (typeof ADDRESS_FIELDS)[number]['name'];

/** An order as it is typed. */
export interface Draft {
  readonly customerId: string;
  readonly reference: string;
  readonly currencyCode: string;
  readonly freight: string;
  readonly items: readonly DraftItem[];
  readonly address: Readonly<Record<AddressField, string>>;
  /** What was sent last, and under which id: the same again is the same order, also after a reload. */
  readonly sent: { readonly input: string; readonly commandId: string } | null;
}

/** A line with nothing in it. */
export function emptyItem(): DraftItem {
  return { key: crypto.randomUUID(), sku: '', name: '', quantity: '1', unitPrice: '', discount: '' };
}

/** An order with nothing in it, but for the customer that orders for themselves. */
export function emptyDraft(customerId: string): Draft {
  const address = { recipient: '', line1: '', line2: '', postalCode: '', city: '', region: '', country: '' };
  const items = [emptyItem()];
  return { customerId, reference: '', currencyCode: 'USD', freight: '', items, address, sent: null };
}

/** The draft of before the reload; an empty one where there is none. */
export function readDraft(customerId: string): Draft {
  const empty = emptyDraft(customerId);
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Partial<Draft> | null;
    // What an older version of the page kept may lack something.
    return kept === null ? empty : { ...empty, ...kept, address: { ...empty.address, ...kept.address } };
  } catch {
    return empty;
  }
}

/** Keeps the draft over a reload; null forgets it. */
export function keepDraft(draft: Draft | null): void {
  if (draft === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, JSON.stringify(draft));
}

/** What the draft asks for. */
export function inputOf(draft: Draft): CreateOrderInput {
  const { customerId, reference, currencyCode, freight, items, address } = draft;
  return {
    customerId: customerId.trim(),
    currencyCode,
    ...(reference.trim() !== '' && { reference: reference.trim() }),
    ...(freight.trim() !== '' && { freight: freight.trim() }),
    items: items.map(({ sku, name, quantity, unitPrice, discount }) => ({
      sku: sku.trim(),
      ...(name.trim() !== '' && { name: name.trim() }),
      // Not a number is none that the service takes, and it says so at the field.
      quantity: /^\d{1,6}$/.test(quantity.trim()) ? Number(quantity) : 0,
      unitPrice: unitPrice.trim(),
      discount: fractionOf(discount),
    })),
    shippingAddress: { ...address },
  };
}

/** The draft as it is sent: under the id that it had if it was sent as it is before, else under a new one. */
export function asSent(
  draft: Draft,
  input: CreateOrderInput,
): Draft & { readonly sent: NonNullable<Draft['sent']> } {
  const text = JSON.stringify(input);
  if (draft.sent?.input === text) return { ...draft, sent: draft.sent };
  return { ...draft, sent: { input: text, commandId: newCommandId() } };
}

/** The paths of the fields that the form shows. */
export function pathsOf({ items }: Draft): readonly string[] {
  const lines = items.flatMap((_, index) =>
    ['sku', 'name', 'quantity', 'unitPrice', 'discount'].map((field) => `items.${index}.${field}`),
  );
  const address = ADDRESS_FIELDS.map(({ name }) => `shippingAddress.${name}`);
  return ['customerId', 'reference', 'currencyCode', 'freight', ...lines, ...address];
}

/** What the order comes to, roughly: the service has the exact sum. */
export function roughTotal({ items, freight }: Draft): number {
  const lines = items.reduce((sum, { quantity, unitPrice, discount }) => {
    const net = Number(quantity) * Number(unitPrice) * (1 - Number(fractionOf(discount)));
    return sum + (Number.isFinite(net) ? net : 0);
  }, 0);
  return lines + (Number.isFinite(Number(freight)) ? Number(freight) : 0);
}
