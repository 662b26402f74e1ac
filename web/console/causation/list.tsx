import { Anchor, List, Text } from '@mantine/core';
import type { Graph, Node } from './graph.js';

interface ListProps {
  readonly graph: Graph;
  readonly onSelect: (node: Node) => void;
}

/** The graph as lists in lists: each command, its events, and what each of these did to rows. */
export function GraphList({ graph, onSelect }: ListProps) {
  const below = (id: string): readonly Node[] => {
    const ids = graph.edges.filter(({ from, caused }) => from === id && caused !== true).map(({ to }) => to);
    return graph.nodes.filter((node) => ids.includes(node.id));
  };
  const items = (nodes: readonly Node[]) => (
    <List withPadding listStyleType="none">
      {nodes.map((node) => (
        <List.Item key={node.id}>
          <Anchor
            component="button"
            type="button"
            size="sm"
            ta="left"
            onClick={() => {
              onSelect(node);
            }}
          >
            {node.title}
          </Anchor>{' '}
          <Text span size="sm" c="dimmed">
            {node.second}
          </Text>
          {below(node.id).length > 0 && items(below(node.id))}
        </List.Item>
      ))}
    </List>
  );
  return items(graph.nodes.filter(({ kind }) => kind === 'command'));
}
