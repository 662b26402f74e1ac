import dagre from '@dagrejs/dagre';
import type { CausationQuery } from '../generated/graphql.js';
import { numberOf, plural, wordsOf } from '../ui/index.js';

type Event = CausationQuery['events']['nodes'][number];
/** What an event did to a row. */
export type Change = CausationQuery['rowChanges'][number];

/** A command, an event, or what an event did to one table. */
export interface Node {
  readonly id: string;
  readonly kind: 'command' | 'event' | 'row';
  readonly title: string;
  readonly second: string;
  /** Of the event, or of the first event of a command. */
  readonly position: string;
  readonly event?: Event;
  /** What happened to the rows of one table. */
  readonly changes?: readonly Change[];
}

/** What led to what. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** One command that led to another, by way of nothing that is drawn. */
  readonly caused?: boolean;
}

/** All nodes in the order of the log, and what led to what. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** The graph of an entity: commands, their events, and the rows that these touched. */
export function graphOf({ events, rowChanges }: CausationQuery): Graph {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  const commands = new Set<string>();
  for (const event of events.nodes) {
    const { position, commandId, causationId } = event;
    const command = `command ${commandId}`;
    if (!commands.has(commandId)) {
      commands.add(commandId);
      nodes.push(commandNode(command, event));
      if (causationId !== null && commands.has(causationId))
        edges.push({ from: `command ${causationId}`, to: command, caused: true });
    }
    const id = `event ${position}`;
    nodes.push({ id, kind: 'event', title: event.type, second: numberOf(position), position, event });
    edges.push({ from: command, to: id });
    for (const changes of byTable(rowChanges.filter((change) => change.position === position))) {
      const node = rowNode(changes, position);
      nodes.push(node);
      edges.push({ from: id, to: node.id });
    }
  }
  return { nodes, edges };
}

function commandNode(id: string, event: Event): Node {
  const title = event.command === null ? 'Command' : wordsOf(event.command.name);
  const at = new Date(event.issuedAt).toLocaleString('en-GB');
  return { id, kind: 'command', title, second: `${event.actor}, ${at}`, position: event.position, event };
}

function rowNode(changes: readonly Change[], position: string): Node {
  const [first] = changes;
  const where = `${first?.projection ?? ''}.${first?.table ?? ''}`;
  return {
    id: `row ${position} ${where}`,
    kind: 'row',
    title: where,
    second: summaryOf(changes),
    position,
    changes,
  };
}

/** What became of one table's rows, in few words. */
export function summaryOf(changes: readonly Change[]): string {
  const [first] = changes;
  if (first === undefined) return '';
  if (changes.length > 1) return `${plural(changes.length, 'row')} touched`;
  if (first.shared) return `touched ${first.key.join(' ')}`;
  if (first.change !== 'CHANGED') return first.change === 'ADDED' ? 'row added' : 'row removed';
  return first.columns.map(({ column }) => column).join(', ');
}

function byTable(changes: readonly Change[]): readonly (readonly Change[])[] {
  const found = new Map<string, Change[]>();
  for (const change of changes) {
    const key = `${change.projection} ${change.table}`;
    found.set(key, [...(found.get(key) ?? []), change]);
  }
  return [...found.values()];
}

/** The size of a node. */
export const NODE = { width: 216, height: 46 } as const;

/** A node with the place of its middle. */
export interface Placed extends Node {
  readonly x: number;
  readonly y: number;
}

/** Where everything is drawn. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Placed[];
  readonly edges: readonly (Edge & { readonly path: string })[];
}

/** Places a graph in layers from left to right. */
export function draw({ nodes, edges }: Graph): Drawing {
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 72, marginx: 16, marginy: 16 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) layout.setNode(id, { ...NODE });
  for (const { from, to, caused } of edges) if (caused !== true) layout.setEdge(from, to);
  dagre.layout(layout);
  // dagre writes the places into what it was given, and types it as anything.
  const at = (id: string) => layout.node(id) as { readonly x: number; readonly y: number };
  const placed = nodes.map((node) => ({ ...node, x: at(node.id).x, y: at(node.id).y }));
  const places = new Map(placed.map((node) => [node.id, node]));
  // The size, likewise.
  const { width, height } = layout.graph() as { readonly width: number; readonly height: number };
  const paths = edges.map((edge) => ({
    ...edge,
    path: pathOf(places.get(edge.from), places.get(edge.to), edge),
  }));
  return { width, height, nodes: placed, edges: paths };
}

function pathOf(from: Placed | undefined, to: Placed | undefined, { caused }: Edge): string {
  if (from === undefined || to === undefined) return '';
  if (caused === true) return `M ${from.x} ${from.y + NODE.height / 2} L ${to.x} ${to.y - NODE.height / 2}`;
  const start = from.x + NODE.width / 2;
  const end = to.x - NODE.width / 2;
  const middle = (start + end) / 2;
  return `M ${start} ${from.y} C ${middle} ${from.y}, ${middle} ${to.y}, ${end} ${to.y}`;
}
