import type { PlaygroundTab } from '../graphql/index.js';

const createAndRead: PlaygroundTab = {
  title: 'Create an order and read it in the same request',
  query: `# Creates an order and reads it back in the same request.
# Selecting "order" waits until the view contains what was
# just written. Leave it out, and the receipt is answered
# at once; its position is for the next tabs.
mutation CreateOrder($input: CreateOrderInput!) {
  createOrder(input: $input) {
    receipt {
      commandId
      status
      position
      duplicate
    }
    userErrors {
      code
      message
      field
    }
    orderId
    order {
      id
      reference
      status
      total {
        amount
        currencyCode
      }
      position
    }
  }
}
`,
  variables: json({
    input: {
      customerId: 'ALFKI',
      reference: 'PO-1001',
      currencyCode: 'USD',
      items: [
        { sku: 'CHAI', name: 'Chai', quantity: 10, unitPrice: '18.00' },
        { sku: 'TOFU', name: 'Tofu', quantity: 3, unitPrice: '23.25', discount: '0.15' },
      ],
      shippingAddress: {
        recipient: 'Maria Anders',
        line1: 'Obere Str. 57',
        city: 'Berlin',
        postalCode: '12209',
        country: 'Germany',
      },
      freight: '12.50',
    },
  }),
};

const readAfter: PlaygroundTab = {
  title: 'Read after a position',
  query: `# Reads what was written at a position, from any client: the
# query waits, timeoutMs at most, until its view is there.
# Put orderId and receipt.position of a command into the
# variables. extensions.consistency in the answer says what
# was seen and how long it took.
query ReadAfter($id: ID!, $position: Position!)
@readAfter(position: $position, timeoutMs: 2000) {
  order(id: $id) {
    id
    status
    total {
      amount
      currencyCode
    }
    items {
      sku
      name
      quantity
      unitPrice {
        amount
        currencyCode
      }
    }
    position
  }
}
`,
  variables: json({ id: 'orderId of a command', position: 'receipt.position of a command' }),
};

const caughtUp: PlaygroundTab = {
  title: 'Be told when the views have caught up',
  query: `# Pushes once, when the views have reached the position of a
# receipt, and then completes. Nothing polls. Put
# receipt.position of a command into the variables.
subscription CaughtUp($position: Position!) {
  projectionCaughtUp(position: $position) {
    projection
    position
  }
}
`,
  variables: json({ position: 'receipt.position of a command' }),
};

const listOrders: PlaygroundTab = {
  title: 'List orders: filter, sort and page',
  query: `# Lists orders, filtered, sorted and a page at a time. Put
# pageInfo.endCursor into "after" for the next page; cursors
# stay in place while orders are being written.
query ListOrders(
  $filter: OrderFilter
  $orderBy: [OrderOrder!]
  $first: Int
  $after: String
) {
  orders(
    filter: $filter
    orderBy: $orderBy
    first: $first
    after: $after
  ) {
    totalCount
    nodes {
      id
      reference
      status
      customerId
      total {
        amount
        currencyCode
      }
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  variables: json({
    filter: { status: ['DRAFT', 'PLACED', 'PAID'] },
    orderBy: [{ field: 'CREATED_AT', direction: 'DESC' }],
    first: 10,
    after: null,
  }),
};

const watchOrder: PlaygroundTab = {
  title: 'Watch an order live',
  query: `# Shows the order as it is now, and then every change to it.
# Put the id of an order into the variables, run this, and
# pay or ship the order from another window. With the
# position of the last frame in "after", it goes on with
# exactly what came since.
subscription WatchOrder($id: ID!, $after: Position) {
  order(id: $id, after: $after) {
    position
    discontinuity
    order {
      id
      status
      total {
        amount
        currencyCode
      }
      placedAt
      paidAt
      shippedAt
      deliveredAt
      cancelledAt
    }
  }
}
`,
  variables: json({ id: 'orderId of a command', after: null }),
};

const salesByMonth: PlaygroundTab = {
  title: 'Sales report by month',
  query: `# Reports sales by month, from a view that every order keeps
# up to date. DAY, YEAR, PRODUCT, CUSTOMER and COUNTRY group
# in the same way.
query SalesByMonth($from: DateTime, $to: DateTime) {
  salesReport(from: $from, to: $to, groupBy: MONTH) {
    key
    label
    orders
    quantity
    gross {
      amount
      currencyCode
    }
    discount {
      amount
    }
    net {
      amount
    }
    freight {
      amount
    }
  }
}
`,
  variables: json({ from: null, to: null }),
};

const projectionStatus: PlaygroundTab = {
  title: 'How fresh the projections are',
  query: `# Shows how far each projection has applied the log, how far
# it lags behind, and whether events are parked.
query Projections {
  projections {
    name
    version
    generation
    state
    checkpoint
    head
    lagEvents
    lagMs
    parked
    progress
  }
}
`,
};

/** The ready operations of the orders domain for the playground: writing, reading after, subscribing, reporting. */
export const ordersPlayground: readonly PlaygroundTab[] = [
  createAndRead,
  readAfter,
  caughtUp,
  listOrders,
  watchOrder,
  salesByMonth,
  projectionStatus,
];

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
