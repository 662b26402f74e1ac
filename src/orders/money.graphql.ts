import { Field, ObjectType } from 'type-graphql';
import { ANYONE, Access, Decimal } from '../graphql/index.js';
import { fromMinor } from './money.js';

@Access(ANYONE)
@ObjectType({ simpleResolvers: true, description: 'An amount of money, exact.' })
export class Money {
  @Field(() => Decimal)
  amount!: string;

  @Field(() => String, { description: 'ISO 4217.' })
  currencyCode!: string;
}

/** Minor units as the API shows them. */
export function money(minor: number, currencyCode: string): Money {
  return { amount: fromMinor(minor, currencyCode), currencyCode };
}
