import { Field, Int, ObjectType } from 'type-graphql';
import { ANYONE, Access, Decimal } from '../graphql/index.js';
import type { Line } from './events.js';
import { Money, money } from './money.graphql.js';

/** A line as the API shows it: amounts are put into words where they are selected. */
@Access(ANYONE)
@ObjectType({ simpleResolvers: true })
export class OrderItem {
  readonly #line: Line;
  readonly #currency: string;

  @Field(() => String)
  readonly sku: string;

  @Field(() => String)
  readonly name: string;

  @Field(() => Int)
  readonly quantity: number;

  @Field(() => Decimal, { description: 'A fraction, 0 to 1.' })
  readonly discount: string;

  constructor(line: Line, currencyCode: string) {
    this.#line = line;
    this.#currency = currencyCode;
    this.sku = line.sku;
    this.name = line.name;
    this.quantity = line.quantity;
    this.discount = line.discount;
  }

  @Field(() => Money)
  get unitPrice(): Money {
    return money(this.#line.unitPrice, this.#currency);
  }

  @Field(() => Money, { description: 'Quantity times unit price.' })
  get gross(): Money {
    return money(this.#line.gross, this.#currency);
  }

  @Field(() => Money, { description: 'The discount in money, rounded half up.' })
  get discountAmount(): Money {
    return money(this.#line.discountAmount, this.#currency);
  }

  @Field(() => Money, { description: '`gross` less `discountAmount`.' })
  get net(): Money {
    return money(this.#line.gross - this.#line.discountAmount, this.#currency);
  }
}
