import { createHash } from 'node:crypto';
import type { DeciderDefinition, InputMap } from './decider.js';
import type { EventMap } from './events.js';
import type { LogIdentity } from './log.js';

/** What decides how a decider folds. */
export type Folder<Events extends EventMap, Inputs extends InputMap, State> = Pick<
  DeciderDefinition<Events, Inputs, State>,
  'name' | 'events' | 'initial' | 'evolve' | 'snapshot'
>;

/** What a snapshot must carry to be this decider's of this log, folded by this code. */
export function stampOf<Events extends EventMap, Inputs extends InputMap, State>(
  decider: Folder<Events, Inputs, State>,
  { id, epoch }: LogIdentity,
): string {
  return `${id}/${epoch}/${decider.snapshot?.version ?? 0}/${fingerprintOf(decider)}`;
}

/** Changes with the catalogue and the code of `evolve`: a forgotten version should not serve what other code folded. */
function fingerprintOf<Events extends EventMap, Inputs extends InputMap, State>({
  events,
  initial,
  evolve,
}: Folder<Events, Inputs, State>): string {
  const types = events.types.toSorted().map((type) => {
    const { version = 1, upcast = {} } = events.definitions[type];
    return [type, version, upcast];
  });
  const code = JSON.stringify([types, events.retired, initial, evolve], (_, value: unknown) =>
    typeof value === 'function' ? String(value) : value,
  );
  return createHash('sha256').update(code).digest('hex').slice(0, 32);
}
