import {
  NODE_SILENT_MS,
  newId,
  type HeardNode,
  type Kernel,
  type NodeFacts,
  type NodeProjection,
  type NodeRegistry,
  type NodeReport,
  type ProjectionStatus,
} from '../kernel/index.js';
import { readinessOf } from './readiness.js';

/** How often a node says how it is doing, and reads the list, in ms. */
const BEAT_MS = 2_000;
/** How long the start waits for the first list, and the end for being taken out of it, in ms. */
const PATIENCE_MS = 1_000;
const STARTING: Readiness = { ready: false, reasons: ['The node is starting.'] };

type Readiness = Pick<NodeReport, 'ready' | 'reasons'>;

/** The nodes of a log, as one of them knows them. */
export interface ClusterFacts {
  /** Whether the log is one that several nodes can share. */
  readonly shared: boolean;
  /** The node that says so. */
  readonly self: string;
  /** This node as it is now, the others as they were when the list was read. */
  readonly nodes: readonly HeardNode[];
  /** When the list was read last, in ms since 1970, where it is old because the log's database does not answer. */
  readonly staleSince: number | null;
}

/** Where `cluster` has it from: one reading for all who ask and watch. */
export interface ClusterWatch {
  /** Calls `listener` about every two seconds. Returns how to stop it. */
  readonly watch: (listener: () => void) => () => void;
  /** As of the last reading; nothing is asked for it. */
  readonly latest: () => Promise<ClusterFacts>;
}

/** A node among those that share its log. */
export interface Membership extends ClusterWatch {
  /** Says from now on that it is there. Never rejects: a database that is away is waited for. */
  start(where: Pick<NodeFacts, 'name' | 'url'>): Promise<void>;
  /** Takes it out again. Never rejects. */
  stop(): Promise<void>;
}

/** What a membership works with. */
export interface MembershipOptions {
  /** Whose projections are told of. */
  readonly kernel: Pick<Kernel, 'log' | 'status'>;
  /** Of the program that this node runs. */
  readonly version: string;
  /** Where the nodes find each other; left out where a log has one node. */
  readonly nodes?: NodeRegistry | undefined;
}

/** The membership of a node that is to be started. */
export function createMembership({ kernel, version, nodes: registry }: MembershipOptions): Membership {
  const startedAt = Date.now();
  const started = performance.now();
  const listeners = new Set<() => void>();
  let facts: NodeFacts = { id: newId(), name: '', url: '', version };
  let readiness = STARTING;
  let reading: { readonly nodes: readonly HeardNode[]; readonly at: number } | undefined;
  let failed = false;
  let pending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function beat(nodes: NodeRegistry): Promise<void> {
    try {
      readiness = await readinessNow();
      const heard = await nodes.announce(facts, reportNow(), performance.now() - started);
      reading = { nodes: heard, at: Date.now() };
      failed = false;
    } catch {
      // The list says since when it is old.
      failed = true;
    }
  }

  async function readinessNow(): Promise<Readiness> {
    const { ready, reasons } = await readinessOf(kernel);
    return { ready, reasons };
  }

  function reportNow(): NodeReport {
    const projections = kernel.status();
    const head = Math.max(0, ...projections.map((projection) => projection.head));
    return { ...readiness, head, projections: projections.map(shown) };
  }

  function tick(): void {
    if (registry === undefined || pending !== undefined) {
      tell();
      return;
    }
    pending = beat(registry).finally(() => {
      pending = undefined;
      tell();
    });
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function staleSince(): number | null {
    if (registry === undefined) return null;
    const at = reading?.at ?? startedAt;
    return failed || Date.now() - at > NODE_SILENT_MS ? at : null;
  }

  /** This node, whose last words others know by the server's clock. */
  function selfNow(): HeardNode {
    const heard = reading?.nodes.find(({ id }) => id === facts.id);
    const times = { startedAt, heardAt: Date.now(), ...(heard && pickTimes(heard)) };
    return { ...facts, ...reportNow(), ...times, silentMs: 0 };
  }

  return {
    start: async (where) => {
      facts = { ...facts, ...where };
      timer = setInterval(tick, BEAT_MS);
      tick();
      await within(pending);
    },
    stop: async () => {
      clearInterval(timer);
      // On the same connection as what is still on its way, so after it.
      await within(registry?.retract(facts.id).catch(() => undefined));
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    latest: async () => {
      if (registry === undefined) readiness = await readinessNow();
      const others = (reading?.nodes ?? []).filter(({ id }) => id !== facts.id);
      const nodes = [...others, selfNow()].sort(byName);
      return { shared: registry !== undefined, self: facts.id, nodes, staleSince: staleSince() };
    },
  };
}

function shown(status: ProjectionStatus): NodeProjection {
  const { name, state, checkpoint, lagEvents, lagMs, healthy, parked } = status;
  return { name, state, checkpoint, lagEvents, lagMs, healthy, parked };
}

function pickTimes({ startedAt, heardAt }: HeardNode): Pick<HeardNode, 'startedAt' | 'heardAt'> {
  return { startedAt, heardAt };
}

function byName(one: HeardNode, other: HeardNode): number {
  return one.name.localeCompare(other.name, 'en', { numeric: true }) || one.startedAt - other.startedAt;
}

/** Waits for it, but not for long. */
async function within(work: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
