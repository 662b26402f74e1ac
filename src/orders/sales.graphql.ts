import { Args, ArgsType, Ctx, Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { ANYONE, Access, STAFF, DateTime, coded, type RequestContext } from '../graphql/index.js';
import { TidemarkError } from '../kernel/index.js';
import { CUSTOMER, limitOf } from './access.js';
import { Money, money } from './money.graphql.js';
import { salesReport } from './queries/sales.queries.js';

enum SalesGroup {
  DAY = 'DAY',
  MONTH = 'MONTH',
  YEAR = 'YEAR',
  PRODUCT = 'PRODUCT',
  CUSTOMER = 'CUSTOMER',
  COUNTRY = 'COUNTRY',
}

registerEnumType(SalesGroup, {
  name: 'SalesGroup',
  description: 'What a sales report has a row for. Days are UTC days.',
});

@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'Sales of one day, product and so on, in one currency.' })
class SalesRow {
  @Field(() => String, { description: 'A day `2026-01-31`, month, year, sku, customer id or country.' })
  key!: string;

  @Field(() => String, { description: 'The key for people.' })
  label!: string;

  @Field(() => Int, { description: 'Orders; with PRODUCT, those that have the product.' })
  orders!: number;

  @Field(() => Int, { description: 'Pieces.' })
  quantity!: number;

  @Field(() => Money)
  gross!: Money;

  @Field(() => Money)
  discount!: Money;

  @Field(() => Money, { description: '`gross` less `discount`.' })
  net!: Money;

  @Field(() => Money, { nullable: true, description: 'Null with PRODUCT: freight belongs to whole orders.' })
  freight!: Money | null;
}

@ArgsType()
class SalesReportArgs {
  @Field(() => DateTime, { nullable: true, description: 'Every UTC day that overlaps the time from here…' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: '… to here, which is not included.' })
  to?: Date | null;

  @Field(() => SalesGroup)
  groupBy!: SalesGroup;
}

@Resolver()
export class SalesResolver {
  @Access(CUSTOMER, STAFF)
  @Query(() => [SalesRow], {
    description: 'Placed orders that were not cancelled, by the day they were placed.',
  })
  salesReport(
    @Ctx() context: RequestContext,
    @Args(() => SalesReportArgs) { from, to, groupBy }: SalesReportArgs,
  ): Promise<SalesRow[]> {
    return coded(async () => {
      if (from != null && to != null && to < from) {
        throw new TidemarkError(
          'BAD_USER_INPUT',
          'The report would end before it begins: `to` must not be before `from`.',
        );
      }
      const customerId = limitOf(context) ?? undefined;
      const input = { from: from?.getTime(), to: to?.getTime(), groupBy, customerId };
      const rows = await context.ask(salesReport, input);
      return rows.map(({ currencyCode, gross, discount, freight, ...row }) => ({
        ...row,
        gross: money(gross, currencyCode),
        discount: money(discount, currencyCode),
        net: money(gross - discount, currencyCode),
        freight: freight === null ? null : money(freight, currencyCode),
      }));
    });
  }
}
