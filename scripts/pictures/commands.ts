import { arrow, box, line, picture, text } from './draw.js';

/** A command on its way from the client to the log, and what it leads to on its way back into views. */
export function commandFlow(): string {
  const row = { y: 56, width: 132, height: 66 };
  return picture(
    { width: 800, height: 330 },
    'A mutation goes to the command bus, reads its boundary, is decided, and is appended to the log; the receipt comes back. A signal wakes the projector, which writes rows and checkpoint; queries read them.',
    [
      text({ x: 24, y: 32 }, 'write', 'title'),
      box({ ...row, x: 24, title: 'client', lines: ['mutation'] }),
      box({ ...row, x: 206, title: 'command bus', lines: ['one handler each'], kind: 'write' }),
      box({
        ...row,
        x: 388,
        title: 'decide',
        lines: ['state + command', '→ events or refusal'],
        kind: 'write',
      }),
      box({
        ...row,
        x: 600,
        width: 176,
        title: 'log',
        lines: ['events, tags, stored result', 'one transaction, one fsync'],
        kind: 'write',
      }),
      arrow([
        { x: 156, y: 89 },
        { x: 204, y: 89 },
      ]),
      arrow([
        { x: 338, y: 89 },
        { x: 386, y: 89 },
      ]),
      arrow(
        [
          { x: 520, y: 78 },
          { x: 598, y: 78 },
        ],
        'append if',
      ),
      text({ x: 559, y: 101 }, 'unchanged', 'small', 'middle'),
      arrow(
        [
          { x: 688, y: 56 },
          { x: 688, y: 24 },
          { x: 454, y: 24 },
          { x: 454, y: 54 },
        ],
        'read the boundary, fold',
        { x: 500, y: 17 },
      ),
      arrow(
        [
          { x: 640, y: 122 },
          { x: 640, y: 152 },
          { x: 110, y: 152 },
          { x: 110, y: 124 },
        ],
        'receipt { position }: durable now',
        { x: 290, y: 146 },
      ),
      arrow(
        [
          { x: 730, y: 122 },
          { x: 730, y: 212 },
        ],
        'signal',
        { x: 738, y: 172 },
      ),
      text({ x: 24, y: 196 }, 'read', 'title'),
      box({
        x: 600,
        y: 214,
        width: 176,
        height: 66,
        title: 'projector',
        lines: ['pulls events in order'],
        kind: 'read',
      }),
      box({
        x: 388,
        y: 214,
        width: 132,
        height: 66,
        title: 'view file',
        lines: ['rows + checkpoint', 'one transaction'],
        kind: 'read',
      }),
      box({
        x: 206,
        y: 214,
        width: 132,
        height: 66,
        title: 'query bus',
        lines: ['waits if asked to'],
        kind: 'read',
      }),
      box({ x: 24, y: 214, width: 132, height: 66, title: 'client', lines: ['query, live view'] }),
      arrow([
        { x: 598, y: 247 },
        { x: 522, y: 247 },
      ]),
      arrow([
        { x: 386, y: 247 },
        { x: 340, y: 247 },
      ]),
      arrow([
        { x: 204, y: 247 },
        { x: 158, y: 247 },
      ]),
      text(
        { x: 24, y: 312 },
        'Two transactions, one signal, one push to whoever waits. Nothing polls.',
        'small',
      ),
    ],
  );
}

const COURSES: readonly (readonly [type: string, tags: readonly string[], inside: boolean])[] = [
  ['CourseDefined', ['course:c1'], false],
  ['CourseDefined', ['course:c2'], true],
  ['StudentRegistered', ['student:s1'], true],
  ['StudentSubscribed', ['course:c1', 'student:s1'], true],
  ['StudentSubscribed', ['course:c1', 'student:s2'], false],
  ['StudentSubscribed', ['course:c2', 'student:s3'], true],
];

/** The events that one decision depends on, by tags, in one log. */
export function boundary(): string {
  const width = 124;
  const at = (index: number): number => 20 + index * (width + 4);
  return picture(
    { width: 800, height: 300 },
    'One log of six events with tags. Those with course:c2 or student:s1 are the boundary of “s1 subscribes to c2”. The new event is appended as number 7 if no event of the boundary was written after 6.',
    [
      text({ x: 20, y: 32 }, 'the log', 'title'),
      ...COURSES.flatMap(([type, tags, inside], index) => [
        box({
          x: at(index),
          y: 62,
          width,
          height: 84,
          title: '',
          ...(inside && { kind: 'write' as const }),
          faint: !inside,
        }),
        text({ x: at(index) + width / 2, y: 54 }, String(index + 1), 'small', 'middle'),
        text({ x: at(index) + width / 2, y: 84 }, type, 'small', 'middle'),
        ...tags.map((tag, row) =>
          text({ x: at(index) + width / 2, y: 108 + row * 20 }, tag, 'code', 'middle'),
        ),
      ]),
      text({ x: 20, y: 180 }, 'subscribeStudent { course c2, student s1 }', 'title'),
      text(
        { x: 20, y: 202 },
        'boundary: course:c2 or student:s1. Four events of two entities; all else is not read, and cannot get in the way.',
        'small',
      ),
      box({
        x: 20,
        y: 222,
        width: 300,
        height: 54,
        title: 'decide',
        lines: ['places left in c2? fewer than 10 courses for s1?'],
        kind: 'write',
      }),
      arrow(
        [
          { x: 320, y: 249 },
          { x: 486, y: 249 },
        ],
        'if none of them after 6',
      ),
      box({
        x: 488,
        y: 222,
        width: 292,
        height: 54,
        title: '7  StudentSubscribed',
        lines: ['course:c2  student:s1'],
        kind: 'read',
      }),
    ],
  );
}

/** A write, and a read that asks for its position. */
export function readYourWrites(): string {
  const lane = { client: 110, log: 400, view: 690 };
  const across = (from: number, to: number, y: number, words: string): string =>
    arrow(
      [
        { x: from, y },
        { x: to, y },
      ],
      words,
    );
  return picture(
    { width: 800, height: 350 },
    'The client writes, and the log answers with position 42 while the view is at 41. The client reads after 42; the read waits until the view has applied 42, and answers with it. A read without a position would have been answered from 41.',
    [
      box({ x: 40, y: 18, width: 140, height: 34, title: 'client' }),
      box({ x: 330, y: 18, width: 140, height: 34, title: 'log', kind: 'write' }),
      box({ x: 620, y: 18, width: 140, height: 34, title: 'view', kind: 'read' }),
      ...[lane.client, lane.log, lane.view].map((x) => line({ x, y: 52 }, { x, y: 300 })),
      across(lane.client, lane.log - 2, 84, 'mutation'),
      across(lane.log, lane.client + 2, 116, 'receipt { position: 42 }'),
      box({ x: 640, y: 96, width: 100, height: 30, title: 'at 41' }),
      arrow(
        [
          { x: lane.client, y: 160 },
          { x: 638, y: 160 },
        ],
        'query after 42',
        { x: 208, y: 152 },
      ),
      box({ x: 640, y: 150, width: 100, height: 76, title: 'waits', kind: 'wait' }),
      across(lane.log, lane.view - 52, 196, 'signal, pull 42'),
      box({ x: 640, y: 232, width: 100, height: 30, title: 'at 42', kind: 'read' }),
      arrow(
        [
          { x: lane.view, y: 284 },
          { x: lane.client + 2, y: 284 },
        ],
        'answer { position: 42, stale: false }',
        { x: 150, y: 276 },
      ),
      text(
        { x: 40, y: 328 },
        'Without the position the read is answered at once, from 41: without what was just written.',
        'small',
      ),
    ],
  );
}
