import { ActionIcon, Group, Stack, Text } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconFocusCentered, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { NODE, draw, type Graph, type Node, type Placed } from './graph.js';
import { fitted, moved, showing, zoomed, type ViewBox } from './view-box.js';

/** How much one step moves (a share of what is seen), and zooms. */
const STEP = 0.15;
const ZOOM = 1.25;
/** What is shown before the place for it is known, in pixels. */
const PLACE = { width: 900, height: 560 } as const;
const TITLE_MAX = 26;
const SECOND_MAX = 34;

const KEYS: Readonly<Record<string, (box: ViewBox) => ViewBox>> = {
  ArrowLeft: (box) => moved(box, -STEP, 0),
  ArrowRight: (box) => moved(box, STEP, 0),
  ArrowUp: (box) => moved(box, 0, -STEP),
  ArrowDown: (box) => moved(box, 0, STEP),
  '+': (box) => zoomed(box, 1 / ZOOM),
  '-': (box) => zoomed(box, ZOOM),
};

interface PictureProps {
  readonly graph: Graph;
  readonly selected: string | undefined;
  readonly onSelect: (node: Node) => void;
}

/** The graph to look at: drag it, turn the wheel with Ctrl, or use the arrow keys, + and -. */
export function Picture({ graph, selected, onSelect }: PictureProps) {
  const drawing = useMemo(() => draw(graph), [graph]);
  const { ref: place, width, height } = useElementSize();
  const whole = useMemo(
    () => fitted(drawing.width, width > 0 ? { width, height } : PLACE),
    [drawing, width, height],
  );
  const [moves, setMoves] = useState<ViewBox>();
  const box = moves ?? whole;
  const { ref, drag } = useDrag(box, setMoves);
  const both = useMergedRef(ref, place);
  const change = (next: (box: ViewBox) => ViewBox): void => {
    setMoves(next(box));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = KEYS[event.key];
    if (next === undefined) return;
    event.preventDefault();
    change(next);
  };
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          Drag to move, Ctrl and the wheel to zoom; by keyboard: arrows, + and −, Tab from one to the next.
        </Text>
        <Group gap={4}>
          <ActionIcon
            variant="default"
            aria-label="Nearer"
            onClick={() => {
              change((now) => zoomed(now, 1 / ZOOM));
            }}
          >
            <IconZoomIn size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label="Further"
            onClick={() => {
              change((now) => zoomed(now, ZOOM));
            }}
          >
            <IconZoomOut size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label="Show all"
            onClick={() => {
              setMoves(undefined);
            }}
          >
            <IconFocusCentered size={16} />
          </ActionIcon>
        </Group>
      </Group>
      <svg
        ref={both}
        className="graph"
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        preserveAspectRatio="xMinYMin meet"
        role="group"
        aria-label="Causation graph: commands, events, rows"
        tabIndex={0}
        onKeyDown={onKeyDown}
        {...drag}
      >
        {drawing.edges.map(({ from, to, path, caused }) => (
          <path
            key={`${from} ${to}`}
            d={path}
            className={caused === true ? 'graph-edge caused' : 'graph-edge'}
          />
        ))}
        {drawing.nodes.map((node) => (
          <Box
            key={node.id}
            node={node}
            pressed={node.id === selected}
            onSelect={onSelect}
            onFocus={() => {
              change((now) => showing(now, node));
            }}
          />
        ))}
      </svg>
    </Stack>
  );
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const KINDS = { command: 'Command', event: 'Event', row: 'Rows of' } as const;

function Box(props: {
  readonly node: Placed;
  readonly pressed: boolean;
  readonly onSelect: (node: Node) => void;
  readonly onFocus: () => void;
}) {
  const { node, pressed, onSelect, onFocus } = props;
  const { kind, title, second, x, y } = node;
  return (
    <g
      className={`graph-node ${kind}`}
      transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
      role="button"
      tabIndex={0}
      aria-pressed={pressed}
      onClick={() => {
        onSelect(node);
      }}
      onFocus={onFocus}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onSelect(node);
      }}
    >
      <title>{`${KINDS[kind]} ${title}: ${second}`}</title>
      <rect width={NODE.width} height={NODE.height} rx={8} />
      <text x={12} y={20}>
        {cut(title, TITLE_MAX)}
      </text>
      <text x={12} y={36} className="second">
        {cut(second, SECOND_MAX)}
      </text>
    </g>
  );
}

/** Moves what is seen by pointer, and zooms by wheel with Ctrl, which pinching sends, too. */
function useDrag(box: ViewBox, setBox: (box: ViewBox) => void) {
  const ref = useRef<SVGSVGElement>(null);
  const from = useRef<{ readonly x: number; readonly y: number; readonly box: ViewBox }>(null);
  useEffect(() => {
    const svg = ref.current;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      setBox(zoomed(box, event.deltaY > 0 ? ZOOM : 1 / ZOOM));
    };
    // React's own listener is passive, and could not keep the page from zooming.
    svg?.addEventListener('wheel', onWheel, { passive: false });
    return () => svg?.removeEventListener('wheel', onWheel);
  }, [box, setBox]);
  const end = (): void => {
    from.current = null;
  };
  return {
    ref,
    drag: {
      onPointerDown: (event: PointerEvent) => {
        from.current = { x: event.clientX, y: event.clientY, box };
      },
      onPointerMove: (event: PointerEvent) => {
        const start = from.current;
        const width = ref.current?.clientWidth ?? 0;
        if (start === null || width === 0) return;
        const scale = start.box.width / width;
        setBox({
          ...start.box,
          x: start.box.x - (event.clientX - start.x) * scale,
          y: start.box.y - (event.clientY - start.y) * scale,
        });
      },
      onPointerUp: end,
      onPointerLeave: end,
    },
  };
}
