import type { ProjectionStatus } from './projection-status.js';

/** How one projection of a node is doing. */
export type NodeProjection = Pick<
  ProjectionStatus,
  'name' | 'state' | 'checkpoint' | 'lagEvents' | 'lagMs' | 'healthy' | 'parked'
>;

/** Who a node is: the same from its start to its end. */
export interface NodeFacts {
  /** A UUID of this start. */
  readonly id: string;
  readonly name: string;
  /** Where people reach it. */
  readonly url: string;
  readonly version: string;
}

/** How a node is doing, as it says itself. */
export interface NodeReport {
  readonly ready: boolean;
  /** Why it is not ready, in sentences. */
  readonly reasons: readonly string[];
  /** The end of the log, as far as it knows. */
  readonly head: number;
  readonly projections: readonly NodeProjection[];
}

/** A node that was heard of; times are by the clock of the log's server, in ms. */
export interface HeardNode extends NodeFacts, NodeReport {
  readonly startedAt: number;
  readonly heardAt: number;
  /** How long ago that was when the list was read. */
  readonly silentMs: number;
}

/** Where the nodes of one log find each other. Rejects with UNAVAILABLE where it does not answer. */
export interface NodeRegistry {
  /**
   * Says who a node is and how it is doing, and since how many ms it runs; answers with all that were heard of lately,
   * this one among them, NODES_MAX at most, the newest words first.
   */
  announce(facts: NodeFacts, report: NodeReport, uptimeMs: number): Promise<readonly HeardNode[]>;
  /** Takes a node out that ends. */
  retract(id: string): Promise<void>;
}

/** The most nodes that are listed. */
export const NODES_MAX = 256;
/** A node that was not heard of for so long is silent, in ms: three of its words are missing. */
export const NODE_SILENT_MS = 6_000;
/** A silent node is forgotten after this long, in ms; at once where another one has its URL. */
export const NODE_FORGOTTEN_MS = 3_600_000;
