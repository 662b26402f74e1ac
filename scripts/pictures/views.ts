import { arrow, box, line, picture, text } from './draw.js';

/** One projection: the log, the loop, and the file that holds rows and checkpoint. */
export function projectionFile(): string {
  const strip = (first: number, y: number): readonly string[] =>
    [0, 1, 2, 3, 4].map((step) =>
      box({
        x: 24 + step * 44,
        y,
        width: 40,
        height: 32,
        title: String(first + step),
        ...(step < 3 && { kind: 'write' as const }),
      }),
    );
  return picture(
    { width: 800, height: 270 },
    'The log has events 40 to 44. The projector has applied up to 42. Its file holds the view tables and the checkpoint 42, which are committed together. The generation before is kept beside it.',
    [
      text({ x: 24, y: 34 }, 'log', 'title'),
      ...strip(40, 48),
      text({ x: 24, y: 104 }, 'applied up to 42, two to go', 'small'),
      arrow(
        [
          { x: 244, y: 64 },
          { x: 314, y: 64 },
        ],
        'pulls',
      ),
      box({
        x: 316,
        y: 36,
        width: 140,
        height: 60,
        title: 'projector',
        lines: ['handlers by event'],
        kind: 'read',
      }),
      arrow(
        [
          { x: 456, y: 66 },
          { x: 526, y: 66 },
        ],
        'commits',
      ),
      box({ x: 528, y: 20, width: 248, height: 146, title: '', kind: 'read' }),
      text({ x: 652, y: 42 }, 'views/orders.2.sqlite', 'code', 'middle'),
      box({ x: 544, y: 54, width: 216, height: 30, title: 'orders (rows)' }),
      box({ x: 544, y: 90, width: 216, height: 30, title: 'order_history (rows)' }),
      box({ x: 544, y: 126, width: 216, height: 30, title: 'checkpoint 42', kind: 'write' }),
      box({ x: 528, y: 182, width: 248, height: 46, title: '', faint: true }),
      text({ x: 652, y: 202 }, 'views/orders.1.sqlite', 'code', 'middle'),
      text({ x: 652, y: 220 }, 'kept for a rollback', 'small', 'middle'),
      text({ x: 24, y: 160 }, 'Rows and checkpoint are one transaction in one file:', 'title'),
      text({ x: 24, y: 182 }, 'each event is applied exactly once, crash or not.', ''),
      text({ x: 24, y: 212 }, 'A file may be deleted while the service is down:', 'title'),
      text({ x: 24, y: 234 }, 'it is built again from the log, by the same loop.', ''),
    ],
  );
}

/** A new generation is built beside the live one, takes its place, and leaves a way back. */
export function rebuild(): string {
  const column = (index: number): number => 24 + index * 262;
  const stage = (index: number, title: string, note: string): readonly string[] => [
    text({ x: column(index), y: 34 }, `${index + 1}  ${title}`, 'title'),
    text({ x: column(index), y: 54 }, note, 'small'),
  ];
  const reads = (index: number, y: number): string =>
    arrow(
      [
        { x: column(index) + 178, y },
        { x: column(index) + 154, y },
      ],
      'reads',
      { x: column(index) + 182, y: y + 4 },
    );
  return picture(
    { width: 800, height: 240 },
    'Three stages of a rebuild: generation 2 is built beside 1, which is read; when 2 has caught up, reads go to it; 1 is kept, and a rollback goes back to it at once.',
    [
      ...stage(0, 'build beside', 'from the first event, commands go on'),
      box({
        x: column(0),
        y: 72,
        width: 152,
        height: 54,
        title: 'generation 1',
        lines: ['live, at the head'],
        kind: 'read',
      }),
      box({
        x: column(0),
        y: 142,
        width: 152,
        height: 54,
        title: 'generation 2',
        lines: ['building, 61 %'],
        kind: 'wait',
        faint: true,
      }),
      reads(0, 99),
      ...stage(1, 'switch', 'when 2 has caught up'),
      box({
        x: column(1),
        y: 72,
        width: 152,
        height: 54,
        title: 'generation 1',
        lines: ['kept'],
        faint: true,
      }),
      box({
        x: column(1),
        y: 142,
        width: 152,
        height: 54,
        title: 'generation 2',
        lines: ['live, at the head'],
        kind: 'read',
      }),
      reads(1, 169),
      ...stage(2, 'rollback, if need be', 'at once; 1 then catches up'),
      box({
        x: column(2),
        y: 72,
        width: 152,
        height: 54,
        title: 'generation 1',
        lines: ['live again'],
        kind: 'read',
      }),
      box({
        x: column(2),
        y: 142,
        width: 152,
        height: 54,
        title: 'generation 2',
        lines: ['kept'],
        faint: true,
      }),
      reads(2, 99),
      line({ x: 262, y: 24 }, { x: 262, y: 206 }),
      line({ x: 526, y: 24 }, { x: 526, y: 206 }),
      text({ x: 24, y: 224 }, 'The same schema, the same positions, the same queries throughout.', 'small'),
    ],
  );
}
