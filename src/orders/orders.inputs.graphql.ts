import { Field, ID, InputType, Int } from 'type-graphql';
import { CommandOptions, DateTime, Decimal } from '../graphql/index.js';

@InputType()
export class OrderItemInput {
  @Field(() => String)
  sku!: string;

  @Field(() => String, { nullable: true, description: 'The sku when left out.' })
  name?: string | null;

  @Field(() => Int)
  quantity!: number;

  @Field(() => Decimal)
  unitPrice!: string;

  @Field(() => Decimal, { nullable: true, description: 'A fraction, 0 to 1.' })
  discount?: string | null;
}

@InputType()
export class AddressInput {
  @Field(() => String)
  recipient!: string;

  @Field(() => String)
  line1!: string;

  @Field(() => String, { nullable: true })
  line2?: string | null;

  @Field(() => String)
  city!: string;

  @Field(() => String, { nullable: true })
  region?: string | null;

  @Field(() => String, { nullable: true })
  postalCode?: string | null;

  @Field(() => String)
  country!: string;
}

@InputType()
export class CreateOrderInput {
  @Field(() => CommandOptions, { nullable: true })
  options?: CommandOptions | null;

  @Field(() => ID)
  customerId!: string;

  @Field(() => String, { nullable: true, description: 'The number that people know it by.' })
  reference?: string | null;

  @Field(() => String, { defaultValue: 'USD', description: 'ISO 4217.' })
  currencyCode!: string;

  @Field(() => [OrderItemInput])
  items!: OrderItemInput[];

  @Field(() => AddressInput)
  shippingAddress!: AddressInput;

  @Field(() => Decimal, { nullable: true })
  freight?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the customer ordered, where that was earlier than now.',
  })
  orderedAt?: Date | null;
}

/** What all commands about an existing order have. */
@InputType()
abstract class OrderCommandInput {
  @Field(() => CommandOptions, { nullable: true })
  options?: CommandOptions | null;

  @Field(() => ID)
  orderId!: string;
}

@InputType()
export class AddOrderItemInput extends OrderCommandInput {
  @Field(() => OrderItemInput)
  item!: OrderItemInput;
}

@InputType()
export class RemoveOrderItemInput extends OrderCommandInput {
  @Field(() => String)
  sku!: string;
}

@InputType()
export class ChangeShippingAddressInput extends OrderCommandInput {
  @Field(() => AddressInput)
  shippingAddress!: AddressInput;
}

@InputType()
export class PlaceOrderInput extends OrderCommandInput {}

@InputType()
export class PayOrderInput extends OrderCommandInput {
  @Field(() => String)
  paymentReference!: string;
}

@InputType()
export class ShipOrderInput extends OrderCommandInput {
  @Field(() => String)
  carrier!: string;

  @Field(() => String, { nullable: true })
  trackingNumber?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Now when left out.' })
  shippedAt?: Date | null;
}

@InputType()
export class DeliverOrderInput extends OrderCommandInput {
  @Field(() => DateTime, { nullable: true, description: 'Now when left out.' })
  deliveredAt?: Date | null;
}

@InputType()
export class CancelOrderInput extends OrderCommandInput {
  @Field(() => String)
  reason!: string;
}
