/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation CreateOrder($input: CreateOrderInput!) {\n    createOrder(input: $input) {\n      orderId\n      receipt {\n        commandId\n        status\n        position\n        duplicate\n      }\n      userErrors {\n        code\n        message\n        field\n      }\n    }\n  }\n": typeof types.CreateOrderDocument,
    "\n  mutation PlaceOrder($input: PlaceOrderInput!) {\n    placeOrder(input: $input) {\n      receipt {\n        status\n        position\n      }\n      userErrors {\n        code\n        message\n      }\n      order {\n        status\n        total {\n          amount\n          currencyCode\n        }\n      }\n    }\n  }\n": typeof types.PlaceOrderDocument,
    "\n  query ReadOrder($id: ID!) {\n    order(id: $id) {\n      id\n      reference\n      status\n      items {\n        sku\n        quantity\n        net {\n          amount\n        }\n      }\n      total {\n        amount\n        currencyCode\n      }\n    }\n  }\n": typeof types.ReadOrderDocument,
    "\n  subscription FollowOrder($id: ID!) {\n    order(id: $id) {\n      position\n      order {\n        status\n      }\n    }\n  }\n": typeof types.FollowOrderDocument,
};
const documents: Documents = {
    "\n  mutation CreateOrder($input: CreateOrderInput!) {\n    createOrder(input: $input) {\n      orderId\n      receipt {\n        commandId\n        status\n        position\n        duplicate\n      }\n      userErrors {\n        code\n        message\n        field\n      }\n    }\n  }\n": types.CreateOrderDocument,
    "\n  mutation PlaceOrder($input: PlaceOrderInput!) {\n    placeOrder(input: $input) {\n      receipt {\n        status\n        position\n      }\n      userErrors {\n        code\n        message\n      }\n      order {\n        status\n        total {\n          amount\n          currencyCode\n        }\n      }\n    }\n  }\n": types.PlaceOrderDocument,
    "\n  query ReadOrder($id: ID!) {\n    order(id: $id) {\n      id\n      reference\n      status\n      items {\n        sku\n        quantity\n        net {\n          amount\n        }\n      }\n      total {\n        amount\n        currencyCode\n      }\n    }\n  }\n": types.ReadOrderDocument,
    "\n  subscription FollowOrder($id: ID!) {\n    order(id: $id) {\n      position\n      order {\n        status\n      }\n    }\n  }\n": types.FollowOrderDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateOrder($input: CreateOrderInput!) {\n    createOrder(input: $input) {\n      orderId\n      receipt {\n        commandId\n        status\n        position\n        duplicate\n      }\n      userErrors {\n        code\n        message\n        field\n      }\n    }\n  }\n"): typeof import('./graphql.js').CreateOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation PlaceOrder($input: PlaceOrderInput!) {\n    placeOrder(input: $input) {\n      receipt {\n        status\n        position\n      }\n      userErrors {\n        code\n        message\n      }\n      order {\n        status\n        total {\n          amount\n          currencyCode\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').PlaceOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadOrder($id: ID!) {\n    order(id: $id) {\n      id\n      reference\n      status\n      items {\n        sku\n        quantity\n        net {\n          amount\n        }\n      }\n      total {\n        amount\n        currencyCode\n      }\n    }\n  }\n"): typeof import('./graphql.js').ReadOrderDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowOrder($id: ID!) {\n    order(id: $id) {\n      position\n      order {\n        status\n      }\n    }\n  }\n"): typeof import('./graphql.js').FollowOrderDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
