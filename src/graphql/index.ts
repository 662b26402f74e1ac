/**
 * What resolvers that are written by hand need, and the edge by itself: scalars, access, connections, live views, limits.
 *
 * @module tidemark/graphql
 */
import 'reflect-metadata/lite';
export type {
  ConnectionData,
  ConnectionEdge,
  ConnectionObject,
  CursorValue,
  Page as ConnectionPage,
} from './connection.js';
export type { GraphQLEdge, Page, ServerOptions } from './server.js';
export type { Authenticate, TokenSettings } from './authenticate.js';
export type { Principal } from './access.js';
export type { Limit, LimitName, Limits } from './limits/index.js';
export type { LiveSource } from './live.js';
export type { BuiltPagesOptions } from './pages/index.js';
export type { LiveFrame, LiveView, Read } from './fanout/index.js';
export type { PlaygroundHandler, PlaygroundOptions, PlaygroundTab } from './playground/index.js';
export type { ClusterFacts, ClusterWatch, Membership, MembershipOptions } from './membership.js';
export type { PositionCodec, PositionToken } from './position.js';
export type { RequestContext, SendOptions } from './context.js';
export type { ResolverNeeds } from './needs.js';
export type { ResolverClass } from './schema.js';
export type { MeasuredHistogram, ServiceFacts, ServiceWatch } from './service-watch.js';
export type { StandIn, StandInOptions } from './stand-in.js';
export type { TidemarkSchema } from './read-after.js';
export type { Report } from './errors.js';
export type { TrustedDocuments } from './trusted-documents.js';
export type { OperationCount } from './admission.js';
export type { SocketCount } from './websocket.js';

export { CommandOptions, CommandStatus, Receipt, UserError, receiptOf } from './types.js';
export { AsOfArgs, untilOf } from './as-of.js';
export { ADMIN, ANYONE, Access, SIGNED_IN, STAFF } from './access.js';
export { authenticateAsDeveloper, authenticateByToken } from './authenticate.js';
export { DateTime, Decimal, Position } from './scalars.js';
export { ENDPOINT, listen } from './server.js';
export {
  PAGE_SIZE,
  PageArgs,
  PageInfo,
  connectionType,
  encodeCursor,
  pageOf,
  toConnection,
} from './connection.js';
export { LIMITS, defaultLimits, limitNames, variableOf } from './limits/index.js';
export { coded } from './errors.js';
export { createBuiltPages } from './pages/index.js';
export { createStandIn } from './stand-in.js';
export { createPlayground, operatePlayground } from './playground/index.js';
export { openLiveView } from './fanout/index.js';
export { liveSource, onceSource } from './live.js';
export { checkNeeds, declareNeeds } from './needs.js';
export { createSchema, printSorted, schemaText } from './schema.js';
export { createMembership } from './membership.js';
export { positionCodec } from './position.js';
export { probes, textPage } from './probes.js';
export { readTrustedDocuments } from './trusted-documents.js';
