/** What a shape is about; each kind has its colours, on light and on dark ground. */
export type Kind = 'plain' | 'write' | 'read' | 'wait';

/** Where something is, in pixels from the top left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A box with a title, and smaller lines below it. */
export interface Box extends Place {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly lines?: readonly string[];
  readonly kind?: Kind;
  /** Drawn with a dashed edge: it goes away, or is not in use yet. */
  readonly faint?: boolean;
}

const LINE_HEIGHT = 17;
/** The ground is drawn, too, so that a picture is as readable on a page whose colours it does not know. */
const STYLE = `
    .ground { fill: #ffffff; }
    text { font: 13px system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; }
    .small { font-size: 12px; fill: #59636e; }
    .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12px; }
    .plain { fill: #f6f8fa; stroke: #8c959f; }
    .write { fill: #ddf4ff; stroke: #0969da; }
    .read { fill: #dafbe1; stroke: #1a7f37; }
    .wait { fill: #fff8c5; stroke: #9a6700; }
    .faint { stroke-dasharray: 5 4; }
    .arrow { fill: none; stroke: #59636e; stroke-width: 1.5; marker-end: url(#head); }
    .line { fill: none; stroke: #8c959f; }
    #head path { fill: #59636e; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; }
      text { fill: #f0f6fc; }
      .small { fill: #9198a1; }
      .plain { fill: #151b23; stroke: #656c76; }
      .write { fill: #121d2f; stroke: #4493f8; }
      .read { fill: #12261e; stroke: #3fb950; }
      .wait { fill: #272115; stroke: #d29922; }
      .arrow { stroke: #9198a1; }
      .line { stroke: #656c76; }
      #head path { fill: #9198a1; }
    }`;

/** A whole picture; `title` is what those hear who cannot see it. */
export function picture(
  size: { width: number; height: number },
  title: string,
  shapes: readonly string[],
): string {
  const { width, height } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${escaped(title)}</title>
  <style>${STYLE}
  </style>
  <defs>
    <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>
  </defs>
  <rect class="ground" width="${width}" height="${height}" rx="8"/>
${shapes.map((shape) => `  ${shape}`).join('\n')}
</svg>
`;
}

/** A box, its text in the middle. */
export function box({ x, y, width, height, title, lines = [], kind = 'plain', faint = false }: Box): string {
  const middle = x + width / 2;
  const first = y + height / 2 - (lines.length * LINE_HEIGHT) / 2 + 4.5;
  const rest = lines.map((line, index) =>
    text({ x: middle, y: first + (index + 1) * LINE_HEIGHT }, line, 'small', 'middle'),
  );
  return [
    `<rect class="${kind}${faint ? ' faint' : ''}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    text({ x: middle, y: first }, title, 'title', 'middle'),
    ...rest,
  ].join('\n  ');
}

/** An arrow along these places, with words beside its middle. */
export function arrow(places: readonly Place[], words?: string, at?: Place): string {
  const path = places.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join(' ');
  const [first = { x: 0, y: 0 }, second = first] = places;
  const beside = at ?? { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 - 8 };
  return [
    `<path class="arrow" d="${path}"/>`,
    ...(words === undefined ? [] : [text(beside, words, 'small', at === undefined ? 'middle' : 'start')]),
  ].join('\n  ');
}

/** A line without a head. */
export function line(from: Place, to: Place): string {
  return `<path class="line" d="M${from.x} ${from.y} L${to.x} ${to.y}"/>`;
}

/** Words on their own. */
export function text(
  { x, y }: Place,
  words: string,
  look: 'title' | 'small' | 'code' | '' = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const classes = look === '' ? '' : ` class="${look}"`;
  return `<text${classes} x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
