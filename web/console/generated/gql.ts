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
    "\n  query Causation($tag: String!) {\n    events(filter: { tags: [$tag] }, last: 50) {\n      nodes {\n        position\n        type\n        recordedAt\n        issuedAt\n        actor\n        commandId\n        correlationId\n        causationId\n        command {\n          name\n        }\n      }\n      pageInfo {\n        hasPreviousPage\n      }\n    }\n    rowChanges(tag: $tag) {\n      position\n      projection\n      table\n      key\n      shared\n      change\n      columns {\n        column\n        before\n        after\n      }\n    }\n  }\n": typeof types.CausationDocument,
    "\n  query RowAsOf($projection: String!, $table: String!, $key: [String!]!, $position: Position!) {\n    rowOrigin(projection: $projection, table: $table, key: $key, asOfPosition: $position) {\n      position\n      type\n      change\n      columns {\n        column\n        after\n      }\n    }\n  }\n": typeof types.RowAsOfDocument,
    "\n  subscription TagTail($tag: String!, $after: Position) {\n    events(filter: { tags: [$tag] }, after: $after) {\n      position\n      events {\n        position\n      }\n    }\n  }\n": typeof types.TagTailDocument,
    "\n  query EventsPage($filter: EventFilter, $before: String) {\n    projections {\n      head\n    }\n    events(filter: $filter, last: 50, before: $before) {\n      nodes {\n        position\n        type\n        tags\n        recordedAt\n        actor\n      }\n      pageInfo {\n        hasPreviousPage\n        startCursor\n      }\n    }\n  }\n": typeof types.EventsPageDocument,
    "\n  subscription EventsTail($filter: EventFilter, $after: Position) {\n    events(filter: $filter, after: $after) {\n      position\n      events {\n        position\n        type\n        tags\n        recordedAt\n        actor\n      }\n    }\n  }\n": typeof types.EventsTailDocument,
    "\n  query OneEvent($position: Position!) {\n    event(position: $position) {\n      position\n      type\n      schemaVersion\n      tags\n      data\n      recordedAt\n      issuedAt\n      actor\n      commandId\n      correlationId\n      causationId\n      command {\n        name\n      }\n    }\n  }\n": typeof types.OneEventDocument,
    "\n  subscription ServiceStatus {\n    serviceStatus {\n      at\n      startedAt\n      version\n      durability\n      ready\n      reasons\n      head\n      commands {\n        name\n        count\n      }\n      commandSeconds {\n        ...Buckets\n      }\n      commitCommands {\n        ...Buckets\n      }\n      commitSyncSeconds {\n        ...Buckets\n      }\n      readAfterSeconds {\n        ...Buckets\n      }\n      readAfterWaiters {\n        name\n        count\n      }\n      sockets\n      subscriptions\n      operationsRunning\n      operationsQueued\n      eventLoopDelayP50Ms\n      eventLoopDelayP99Ms\n      cpuSeconds\n      rssBytes\n      heapUsedBytes\n    }\n  }\n  fragment Buckets on Histogram {\n    bounds\n    counts\n    count\n    sum\n  }\n": typeof types.ServiceStatusDocument,
    "\n  subscription ProjectionStatuses {\n    projectionStatus {\n      name\n      version\n      generation\n      state\n      checkpoint\n      head\n      lagEvents\n      lagMs\n      healthy\n      parked\n      parkedEntities\n      progress\n      eventsPerSecond\n      delayMs\n      lastError\n      kept {\n        generation\n        version\n        checkpoint\n      }\n      rebuild {\n        generation\n        state\n        checkpoint\n        head\n        progress\n        eventsPerSecond\n        leftMs\n        startedAt\n        parked\n        lastError\n      }\n    }\n  }\n": typeof types.ProjectionStatusesDocument,
    "\n  subscription ClusterNodes {\n    cluster {\n      shared\n      staleSince\n      nodes {\n        id\n        name\n        url\n        version\n        startedAt\n        heardAt\n        silentMs\n        silent\n        self\n        ready\n        reasons\n        head\n        projections {\n          name\n          state\n          checkpoint\n          lagEvents\n          lagMs\n          healthy\n          parked\n        }\n      }\n    }\n  }\n": typeof types.ClusterNodesDocument,
    "\n  subscription OperationsDone {\n    operations {\n      seq\n      name\n      projection\n      actor\n      correlationId\n      at\n      position\n      reason\n    }\n  }\n": typeof types.OperationsDoneDocument,
    "\n  query OlderOperations($before: String) {\n    operations(last: 50, before: $before) {\n      nodes {\n        seq\n        name\n        projection\n        actor\n        correlationId\n        at\n        position\n        reason\n      }\n      pageInfo {\n        hasPreviousPage\n        startCursor\n      }\n    }\n  }\n": typeof types.OlderOperationsDocument,
    "\n  query Parked($projection: String!, $after: String) {\n    parkedEvents(projection: $projection, first: 50, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        position\n        entity\n        type\n        error\n        stack\n        attempts\n        parkedAt\n        event {\n          data\n          tags\n          actor\n          recordedAt\n        }\n      }\n    }\n  }\n": typeof types.ParkedDocument,
    "\n  mutation Retry($projection: String!, $position: Position!) {\n    retryParked(projection: $projection, position: $position) {\n      applied\n      skipped\n    }\n  }\n": typeof types.RetryDocument,
    "\n  mutation Skip($projection: String!, $position: Position!, $reason: String!) {\n    skipParked(projection: $projection, position: $position, reason: $reason) {\n      applied\n      skipped\n    }\n  }\n": typeof types.SkipDocument,
    "\n  mutation Rebuild($name: String!) {\n    rebuildProjection(name: $name) {\n      name\n    }\n  }\n": typeof types.RebuildDocument,
    "\n  mutation Cancel($name: String!) {\n    cancelRebuild(name: $name) {\n      name\n    }\n  }\n": typeof types.CancelDocument,
    "\n  mutation Rollback($name: String!) {\n    rollbackProjection(name: $name) {\n      name\n    }\n  }\n": typeof types.RollbackDocument,
    "\n  mutation Prune($name: String!) {\n    pruneProjection(name: $name) {\n      name\n    }\n  }\n": typeof types.PruneDocument,
    "\n  mutation Pause($name: String!) {\n    pauseProjection(name: $name) {\n      name\n    }\n  }\n": typeof types.PauseDocument,
    "\n  mutation Resume($name: String!) {\n    resumeProjection(name: $name) {\n      name\n    }\n  }\n": typeof types.ResumeDocument,
    "\n  mutation Delay($name: String!, $delayMs: Int!) {\n    delayProjection(name: $name, delayMs: $delayMs) {\n      name\n    }\n  }\n": typeof types.DelayDocument,
    "\n  mutation Verify($name: String!, $sample: Int) {\n    verifyProjection(name: $name, sample: $sample) {\n      outcome\n      checkpoint\n      rows\n      sampled\n      setAside\n      notSampled\n      differing\n      parked\n      parkedError\n      message\n      differences {\n        table\n        key\n        live\n        replayed\n      }\n    }\n  }\n": typeof types.VerifyDocument,
};
const documents: Documents = {
    "\n  query Causation($tag: String!) {\n    events(filter: { tags: [$tag] }, last: 50) {\n      nodes {\n        position\n        type\n        recordedAt\n        issuedAt\n        actor\n        commandId\n        correlationId\n        causationId\n        command {\n          name\n        }\n      }\n      pageInfo {\n        hasPreviousPage\n      }\n    }\n    rowChanges(tag: $tag) {\n      position\n      projection\n      table\n      key\n      shared\n      change\n      columns {\n        column\n        before\n        after\n      }\n    }\n  }\n": types.CausationDocument,
    "\n  query RowAsOf($projection: String!, $table: String!, $key: [String!]!, $position: Position!) {\n    rowOrigin(projection: $projection, table: $table, key: $key, asOfPosition: $position) {\n      position\n      type\n      change\n      columns {\n        column\n        after\n      }\n    }\n  }\n": types.RowAsOfDocument,
    "\n  subscription TagTail($tag: String!, $after: Position) {\n    events(filter: { tags: [$tag] }, after: $after) {\n      position\n      events {\n        position\n      }\n    }\n  }\n": types.TagTailDocument,
    "\n  query EventsPage($filter: EventFilter, $before: String) {\n    projections {\n      head\n    }\n    events(filter: $filter, last: 50, before: $before) {\n      nodes {\n        position\n        type\n        tags\n        recordedAt\n        actor\n      }\n      pageInfo {\n        hasPreviousPage\n        startCursor\n      }\n    }\n  }\n": types.EventsPageDocument,
    "\n  subscription EventsTail($filter: EventFilter, $after: Position) {\n    events(filter: $filter, after: $after) {\n      position\n      events {\n        position\n        type\n        tags\n        recordedAt\n        actor\n      }\n    }\n  }\n": types.EventsTailDocument,
    "\n  query OneEvent($position: Position!) {\n    event(position: $position) {\n      position\n      type\n      schemaVersion\n      tags\n      data\n      recordedAt\n      issuedAt\n      actor\n      commandId\n      correlationId\n      causationId\n      command {\n        name\n      }\n    }\n  }\n": types.OneEventDocument,
    "\n  subscription ServiceStatus {\n    serviceStatus {\n      at\n      startedAt\n      version\n      durability\n      ready\n      reasons\n      head\n      commands {\n        name\n        count\n      }\n      commandSeconds {\n        ...Buckets\n      }\n      commitCommands {\n        ...Buckets\n      }\n      commitSyncSeconds {\n        ...Buckets\n      }\n      readAfterSeconds {\n        ...Buckets\n      }\n      readAfterWaiters {\n        name\n        count\n      }\n      sockets\n      subscriptions\n      operationsRunning\n      operationsQueued\n      eventLoopDelayP50Ms\n      eventLoopDelayP99Ms\n      cpuSeconds\n      rssBytes\n      heapUsedBytes\n    }\n  }\n  fragment Buckets on Histogram {\n    bounds\n    counts\n    count\n    sum\n  }\n": types.ServiceStatusDocument,
    "\n  subscription ProjectionStatuses {\n    projectionStatus {\n      name\n      version\n      generation\n      state\n      checkpoint\n      head\n      lagEvents\n      lagMs\n      healthy\n      parked\n      parkedEntities\n      progress\n      eventsPerSecond\n      delayMs\n      lastError\n      kept {\n        generation\n        version\n        checkpoint\n      }\n      rebuild {\n        generation\n        state\n        checkpoint\n        head\n        progress\n        eventsPerSecond\n        leftMs\n        startedAt\n        parked\n        lastError\n      }\n    }\n  }\n": types.ProjectionStatusesDocument,
    "\n  subscription ClusterNodes {\n    cluster {\n      shared\n      staleSince\n      nodes {\n        id\n        name\n        url\n        version\n        startedAt\n        heardAt\n        silentMs\n        silent\n        self\n        ready\n        reasons\n        head\n        projections {\n          name\n          state\n          checkpoint\n          lagEvents\n          lagMs\n          healthy\n          parked\n        }\n      }\n    }\n  }\n": types.ClusterNodesDocument,
    "\n  subscription OperationsDone {\n    operations {\n      seq\n      name\n      projection\n      actor\n      correlationId\n      at\n      position\n      reason\n    }\n  }\n": types.OperationsDoneDocument,
    "\n  query OlderOperations($before: String) {\n    operations(last: 50, before: $before) {\n      nodes {\n        seq\n        name\n        projection\n        actor\n        correlationId\n        at\n        position\n        reason\n      }\n      pageInfo {\n        hasPreviousPage\n        startCursor\n      }\n    }\n  }\n": types.OlderOperationsDocument,
    "\n  query Parked($projection: String!, $after: String) {\n    parkedEvents(projection: $projection, first: 50, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        position\n        entity\n        type\n        error\n        stack\n        attempts\n        parkedAt\n        event {\n          data\n          tags\n          actor\n          recordedAt\n        }\n      }\n    }\n  }\n": types.ParkedDocument,
    "\n  mutation Retry($projection: String!, $position: Position!) {\n    retryParked(projection: $projection, position: $position) {\n      applied\n      skipped\n    }\n  }\n": types.RetryDocument,
    "\n  mutation Skip($projection: String!, $position: Position!, $reason: String!) {\n    skipParked(projection: $projection, position: $position, reason: $reason) {\n      applied\n      skipped\n    }\n  }\n": types.SkipDocument,
    "\n  mutation Rebuild($name: String!) {\n    rebuildProjection(name: $name) {\n      name\n    }\n  }\n": types.RebuildDocument,
    "\n  mutation Cancel($name: String!) {\n    cancelRebuild(name: $name) {\n      name\n    }\n  }\n": types.CancelDocument,
    "\n  mutation Rollback($name: String!) {\n    rollbackProjection(name: $name) {\n      name\n    }\n  }\n": types.RollbackDocument,
    "\n  mutation Prune($name: String!) {\n    pruneProjection(name: $name) {\n      name\n    }\n  }\n": types.PruneDocument,
    "\n  mutation Pause($name: String!) {\n    pauseProjection(name: $name) {\n      name\n    }\n  }\n": types.PauseDocument,
    "\n  mutation Resume($name: String!) {\n    resumeProjection(name: $name) {\n      name\n    }\n  }\n": types.ResumeDocument,
    "\n  mutation Delay($name: String!, $delayMs: Int!) {\n    delayProjection(name: $name, delayMs: $delayMs) {\n      name\n    }\n  }\n": types.DelayDocument,
    "\n  mutation Verify($name: String!, $sample: Int) {\n    verifyProjection(name: $name, sample: $sample) {\n      outcome\n      checkpoint\n      rows\n      sampled\n      setAside\n      notSampled\n      differing\n      parked\n      parkedError\n      message\n      differences {\n        table\n        key\n        live\n        replayed\n      }\n    }\n  }\n": types.VerifyDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Causation($tag: String!) {\n    events(filter: { tags: [$tag] }, last: 50) {\n      nodes {\n        position\n        type\n        recordedAt\n        issuedAt\n        actor\n        commandId\n        correlationId\n        causationId\n        command {\n          name\n        }\n      }\n      pageInfo {\n        hasPreviousPage\n      }\n    }\n    rowChanges(tag: $tag) {\n      position\n      projection\n      table\n      key\n      shared\n      change\n      columns {\n        column\n        before\n        after\n      }\n    }\n  }\n"): typeof import('./graphql.js').CausationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RowAsOf($projection: String!, $table: String!, $key: [String!]!, $position: Position!) {\n    rowOrigin(projection: $projection, table: $table, key: $key, asOfPosition: $position) {\n      position\n      type\n      change\n      columns {\n        column\n        after\n      }\n    }\n  }\n"): typeof import('./graphql.js').RowAsOfDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TagTail($tag: String!, $after: Position) {\n    events(filter: { tags: [$tag] }, after: $after) {\n      position\n      events {\n        position\n      }\n    }\n  }\n"): typeof import('./graphql.js').TagTailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query EventsPage($filter: EventFilter, $before: String) {\n    projections {\n      head\n    }\n    events(filter: $filter, last: 50, before: $before) {\n      nodes {\n        position\n        type\n        tags\n        recordedAt\n        actor\n      }\n      pageInfo {\n        hasPreviousPage\n        startCursor\n      }\n    }\n  }\n"): typeof import('./graphql.js').EventsPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription EventsTail($filter: EventFilter, $after: Position) {\n    events(filter: $filter, after: $after) {\n      position\n      events {\n        position\n        type\n        tags\n        recordedAt\n        actor\n      }\n    }\n  }\n"): typeof import('./graphql.js').EventsTailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OneEvent($position: Position!) {\n    event(position: $position) {\n      position\n      type\n      schemaVersion\n      tags\n      data\n      recordedAt\n      issuedAt\n      actor\n      commandId\n      correlationId\n      causationId\n      command {\n        name\n      }\n    }\n  }\n"): typeof import('./graphql.js').OneEventDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ServiceStatus {\n    serviceStatus {\n      at\n      startedAt\n      version\n      durability\n      ready\n      reasons\n      head\n      commands {\n        name\n        count\n      }\n      commandSeconds {\n        ...Buckets\n      }\n      commitCommands {\n        ...Buckets\n      }\n      commitSyncSeconds {\n        ...Buckets\n      }\n      readAfterSeconds {\n        ...Buckets\n      }\n      readAfterWaiters {\n        name\n        count\n      }\n      sockets\n      subscriptions\n      operationsRunning\n      operationsQueued\n      eventLoopDelayP50Ms\n      eventLoopDelayP99Ms\n      cpuSeconds\n      rssBytes\n      heapUsedBytes\n    }\n  }\n  fragment Buckets on Histogram {\n    bounds\n    counts\n    count\n    sum\n  }\n"): typeof import('./graphql.js').ServiceStatusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ProjectionStatuses {\n    projectionStatus {\n      name\n      version\n      generation\n      state\n      checkpoint\n      head\n      lagEvents\n      lagMs\n      healthy\n      parked\n      parkedEntities\n      progress\n      eventsPerSecond\n      delayMs\n      lastError\n      kept {\n        generation\n        version\n        checkpoint\n      }\n      rebuild {\n        generation\n        state\n        checkpoint\n        head\n        progress\n        eventsPerSecond\n        leftMs\n        startedAt\n        parked\n        lastError\n      }\n    }\n  }\n"): typeof import('./graphql.js').ProjectionStatusesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ClusterNodes {\n    cluster {\n      shared\n      staleSince\n      nodes {\n        id\n        name\n        url\n        version\n        startedAt\n        heardAt\n        silentMs\n        silent\n        self\n        ready\n        reasons\n        head\n        projections {\n          name\n          state\n          checkpoint\n          lagEvents\n          lagMs\n          healthy\n          parked\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').ClusterNodesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OperationsDone {\n    operations {\n      seq\n      name\n      projection\n      actor\n      correlationId\n      at\n      position\n      reason\n    }\n  }\n"): typeof import('./graphql.js').OperationsDoneDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OlderOperations($before: String) {\n    operations(last: 50, before: $before) {\n      nodes {\n        seq\n        name\n        projection\n        actor\n        correlationId\n        at\n        position\n        reason\n      }\n      pageInfo {\n        hasPreviousPage\n        startCursor\n      }\n    }\n  }\n"): typeof import('./graphql.js').OlderOperationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Parked($projection: String!, $after: String) {\n    parkedEvents(projection: $projection, first: 50, after: $after) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        position\n        entity\n        type\n        error\n        stack\n        attempts\n        parkedAt\n        event {\n          data\n          tags\n          actor\n          recordedAt\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.js').ParkedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Retry($projection: String!, $position: Position!) {\n    retryParked(projection: $projection, position: $position) {\n      applied\n      skipped\n    }\n  }\n"): typeof import('./graphql.js').RetryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Skip($projection: String!, $position: Position!, $reason: String!) {\n    skipParked(projection: $projection, position: $position, reason: $reason) {\n      applied\n      skipped\n    }\n  }\n"): typeof import('./graphql.js').SkipDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Rebuild($name: String!) {\n    rebuildProjection(name: $name) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').RebuildDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Cancel($name: String!) {\n    cancelRebuild(name: $name) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').CancelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Rollback($name: String!) {\n    rollbackProjection(name: $name) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').RollbackDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Prune($name: String!) {\n    pruneProjection(name: $name) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').PruneDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Pause($name: String!) {\n    pauseProjection(name: $name) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').PauseDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Resume($name: String!) {\n    resumeProjection(name: $name) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').ResumeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Delay($name: String!, $delayMs: Int!) {\n    delayProjection(name: $name, delayMs: $delayMs) {\n      name\n    }\n  }\n"): typeof import('./graphql.js').DelayDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Verify($name: String!, $sample: Int) {\n    verifyProjection(name: $name, sample: $sample) {\n      outcome\n      checkpoint\n      rows\n      sampled\n      setAside\n      notSampled\n      differing\n      parked\n      parkedError\n      message\n      differences {\n        table\n        key\n        live\n        replayed\n      }\n    }\n  }\n"): typeof import('./graphql.js').VerifyDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
