import DataLoader from 'dataloader';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import { SortDirection, connectionOf, sorting } from '../derive/index.js';
import {
  ANYONE,
  Access,
  STAFF,
  DateTime,
  PageArgs,
  Position,
  coded,
  connectionType,
  type ConnectionObject,
  type RequestContext,
} from '../graphql/index.js';
import { CUSTOMER, limitOf } from './access.js';
import { Money, money } from './money.graphql.js';
import {
  customerCount,
  customerList,
  customerOrderBy,
  customersById,
  type CustomerFilter,
} from './queries/customers.queries.js';
import type { CustomerRow } from './views/customers.tables.js';

@Access(ANYONE)
@ObjectType({
  simpleResolvers: true,
  description: 'What a customer has bought: placed orders that were not cancelled.',
})
export class CustomerSummary {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'The recipient of the newest order.' })
  name!: string;

  @Field(() => Int)
  orderCount!: number;

  @Field(() => [Money], { description: 'What the orders come to, one amount for each currency.' })
  lifetimeValue!: Money[];

  @Field(() => DateTime, { nullable: true })
  firstOrderAt!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Of the order placed last, also if it was cancelled since.',
  })
  lastOrderAt!: number | null;

  @Field(() => ID, { nullable: true })
  lastOrderId!: string | null;

  @Field(() => Position)
  position!: number;
}

const CustomerConnection = connectionType('CustomerSummary', CustomerSummary);

enum CustomerOrderField {
  NAME = 'NAME',
  ORDER_COUNT = 'ORDER_COUNT',
  LAST_ORDER_AT = 'LAST_ORDER_AT',
}

registerEnumType(CustomerOrderField, { name: 'CustomerOrderField' });

@InputType()
class CustomerOrder {
  @Field(() => CustomerOrderField)
  field!: CustomerOrderField;

  @Field(() => SortDirection, { defaultValue: SortDirection.ASC })
  direction!: SortDirection;
}

@InputType('CustomerFilter')
class CustomerFilterInput {
  @Field(() => String, { nullable: true, description: 'A part of the id or the name.' })
  search?: string | null;

  @Field(() => Int, { nullable: true })
  orderCountMin?: number | null;
}

@ArgsType()
class CustomersArgs extends PageArgs {
  @Field(() => CustomerFilterInput, { nullable: true })
  filter?: CustomerFilterInput | null;

  @Field(() => [CustomerOrder], { nullable: true, description: 'By id when left out.' })
  orderBy?: CustomerOrder[] | null;
}

function toCustomer({ lifetimeValue, ...row }: CustomerRow): CustomerSummary {
  const amounts = Object.entries(lifetimeValue).map(([currencyCode, minor]) => money(minor, currencyCode));
  return { ...row, lifetimeValue: amounts };
}

/** A customer's summary; all that one operation asks for in a turn are read at once. */
export function customerOf(context: RequestContext, id: string): Promise<CustomerSummary | null> {
  const loader = context.once(
    customersById,
    () =>
      // Nothing is cached: the next mutation of the same operation may change what this one showed.
      new DataLoader<string, CustomerSummary | null>(
        async (ids) => {
          const rows = await context.ask(customersById, [...new Set(ids)]);
          const found = new Map(rows.map((row) => [row.id, toCustomer(row)]));
          return ids.map((wanted) => found.get(wanted) ?? null);
        },
        { cache: false },
      ),
  );
  return loader.load(id);
}

@Resolver()
export class CustomersResolver {
  @Access(CUSTOMER, STAFF)
  @Query(() => CustomerSummary, {
    nullable: true,
    description: 'A customer by id; null where nobody has it.',
  })
  customer(@Ctx() context: RequestContext, @Arg('id', () => ID) id: string): Promise<CustomerSummary | null> {
    return coded(async () => {
      const limit = limitOf(context);
      return limit === null || limit === id ? customerOf(context, id) : null;
    });
  }

  @Access(STAFF)
  @Query(() => CustomerConnection)
  customers(
    @Ctx() context: RequestContext,
    @Args(() => CustomersArgs) args: CustomersArgs,
  ): Promise<ConnectionObject<CustomerSummary>> {
    return coded(async () => {
      const filter: CustomerFilter = {
        search: args.filter?.search ?? undefined,
        orderCountMin: args.filter?.orderCountMin ?? undefined,
      };
      const source = { list: customerList, count: customerCount, toNode: toCustomer };
      return connectionOf(context, source, args, filter, customerOrderBy(sorting(args.orderBy)));
    });
  }
}
