import { Field, ID, InputType } from 'type-graphql';
import { DateTime, Decimal } from '../graphql/index.js';
import { TidemarkError } from '../kernel/index.js';
import { isCurrency, toMinor } from './money.js';
import { OrderStatus } from './orders.types.graphql.js';
import type { OrderFilter } from './queries/orders.queries.js';

@InputType({ description: 'From here (included) to there (not included).' })
class DateTimeRange {
  @Field(() => DateTime, { nullable: true })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true })
  to?: Date | null;
}

@InputType({ description: 'From `min` to `max`, both included.' })
class AmountRange {
  @Field(() => Decimal, { nullable: true })
  min?: string | null;

  @Field(() => Decimal, { nullable: true })
  max?: string | null;
}

/** What lists and live lists of orders can be narrowed to. */
@InputType('OrderFilter', { description: 'All that is given must hold.' })
export class OrderFilterInput {
  @Field(() => [OrderStatus], { nullable: true, description: 'Any of these.' })
  status?: OrderStatus[] | null;

  @Field(() => ID, { nullable: true })
  customerId?: string | null;

  @Field(() => String, { nullable: true })
  currencyCode?: string | null;

  @Field(() => String, { nullable: true })
  country?: string | null;

  @Field(() => String, { nullable: true })
  reference?: string | null;

  @Field(() => DateTimeRange, { nullable: true })
  createdAt?: DateTimeRange | null;

  @Field(() => DateTimeRange, { nullable: true })
  placedAt?: DateTimeRange | null;

  @Field(() => AmountRange, { nullable: true, description: 'Goes with `currencyCode`.' })
  total?: AmountRange | null;

  @Field(() => String, {
    nullable: true,
    description: 'A part of the reference, the customer id or the recipient.',
  })
  search?: string | null;
}

/** The filter as queries take it; BAD_USER_INPUT where it cannot be meant. */
export function toFilter(filter: OrderFilterInput | null | undefined): OrderFilter {
  if (filter == null) return {};
  const { status, createdAt, placedAt, total, ...texts } = filter;
  const currencyCode = texts.currencyCode ?? undefined;
  return {
    ...(status?.length === 1 ? { onlyStatus: status[0] } : { status: status ?? undefined }),
    customerId: texts.customerId ?? undefined,
    currencyCode,
    country: texts.country ?? undefined,
    reference: texts.reference ?? undefined,
    search: texts.search ?? undefined,
    createdFrom: createdAt?.from?.getTime(),
    createdTo: createdAt?.to?.getTime(),
    placedFrom: placedAt?.from?.getTime(),
    placedTo: placedAt?.to?.getTime(),
    totalMin: totalIn(total?.min, currencyCode, Math.ceil),
    totalMax: totalIn(total?.max, currencyCode, Math.floor),
  };
}

function totalIn(
  amount: string | null | undefined,
  currencyCode: string | undefined,
  round: (minor: number) => number,
): number | undefined {
  if (amount == null) return undefined;
  if (currencyCode === undefined || !isCurrency(currencyCode)) {
    throw new TidemarkError('BAD_USER_INPUT', 'A filter by total needs a currencyCode, such as "USD".');
  }
  return round(toMinor(amount, currencyCode));
}
