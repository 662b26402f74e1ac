import { readFileSync } from 'node:fs';

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** How many functions each list shows. */
const LINES = 30;

// Prints self time and total time by function of a .cpuprofile, as shares of the time that was not idle.
const profile = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Profile;
const parents = new Map<number, number>();
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
for (const { id, children = [] } of profile.nodes) for (const child of children) parents.set(child, id);
const self = new Map<string, number>();
const total = new Map<string, number>();
let busy = 0;
profile.samples.forEach((id, index) => {
  const spent = profile.timeDeltas[index] ?? 0;
  const leaf = nameOf(id);
  if (leaf.startsWith('(idle)')) return;
  busy += spent;
  add(self, leaf, spent);
  const seen = new Set<string>();
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) seen.add(nameOf(at));
  for (const name of seen) add(total, name, spent);
});
print('self time', self);
print('total time', total);

function nameOf(id: number): string {
  const frame = nodes.get(id)?.callFrame;
  if (frame === undefined) return '(unknown)';
  const file = frame.url.replace(/^.*\/(node_modules|src|bench)\//, '$1/').replace(/^file:.*\//, '');
  return `${frame.functionName || '(anonymous)'} ${file}${file === '' ? '' : `:${frame.lineNumber + 1}`}`;
}

function add(sums: Map<string, number>, name: string, spent: number): void {
  sums.set(name, (sums.get(name) ?? 0) + spent);
}

function print(title: string, sums: ReadonlyMap<string, number>): void {
  process.stdout.write(`\n${title}, of ${Math.round(busy / 1_000)} ms\n`);
  const sorted = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, LINES);
  for (const [name, spent] of sorted)
    process.stdout.write(`${((spent / busy) * 100).toFixed(1).padStart(6)} %  ${name}\n`);
}
