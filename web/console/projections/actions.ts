import type { Document } from 'tidemark/client';
import type { Projection } from '../feed/index.js';
import { plural } from '../ui/index.js';
import { cancel, pause, prune, rebuild, resume, rollback } from './documents.js';

/** Something that an operator can do to a projection as it is. */
export interface Action {
  readonly label: string;
  /** What is said when it is done. */
  readonly done: string;
  readonly document: Document<unknown, { readonly name: string }>;
  /** What will happen, sentence by sentence; asked before it is done. None where it does no harm. */
  readonly warning?: readonly string[];
  /** It cannot be undone. */
  readonly grave?: boolean;
}

const READERS_STAY = 'Readers are served what they are served now while it is built.';

/** What makes sense for a projection that is in this state. */
export function actionsFor(status: Projection): readonly Action[] {
  const { name, generation, state, rebuild: building, kept, head, checkpoint } = status;
  const actions: (Action | false)[] = [
    (state === 'PAUSED' || state === 'FAILED') && {
      label: state === 'PAUSED' ? 'Resume' : 'Try again now',
      done: `${name} goes on.`,
      document: resume,
    },
    state !== 'PAUSED' &&
      state !== 'STOPPED' && {
        label: 'Pause',
        done: `${name} is paused.`,
        document: pause,
        warning: [
          `${name} will apply nothing more until it is resumed, also after a restart of the service.`,
          'Its queries go on with what there is, and fall behind: who reads after a position waits, then is told that the answer is stale.',
        ],
      },
    building === null && {
      label: 'Rebuild',
      done: `A new generation of ${name} is being built.`,
      document: rebuild,
      warning: [
        `Generation ${generation + 1} of ${name} will be built beside generation ${generation}, from the whole log.`,
        READERS_STAY,
        'Once it has caught up it takes their place by itself; this generation is kept, so that you can go back.',
        ...(kept === null ? [] : [`Generation ${kept.generation}, which is kept now, will then be deleted.`]),
      ],
    },
    building !== null && {
      label: 'Cancel rebuild',
      done: `Generation ${building.generation} of ${name} was given up.`,
      document: cancel,
      warning: [
        `Generation ${building.generation}, of which ${Math.floor(building.progress * 100)} % is built, will be deleted; to have it you would have to begin anew.`,
        'Readers notice nothing.',
      ],
      grave: true,
    },
    kept !== null &&
      building === null && {
        label: 'Roll back',
        done: `${name} serves generation ${kept.generation} again.`,
        document: rollback,
        warning: [
          `Generation ${kept.generation} (version ${kept.version}) will be served at once instead of generation ${generation}.`,
          kept.checkpoint < head
            ? 'It has stood still since it was replaced: readers see an older state until it has caught up.'
            : 'It has applied all of the log.',
        ],
      },
    kept !== null && {
      label: 'Prune',
      done: `Generation ${kept.generation} of ${name} was deleted.`,
      document: prune,
      warning: [
        `Generation ${kept.generation} (version ${kept.version}), which was kept for a rollback, will be deleted for good.`,
        `Readers notice nothing: they are served generation ${generation}${checkpoint === head ? ', which has applied all of the log' : ''}.`,
        'There will be nothing to roll back to.',
      ],
      grave: true,
    },
  ];
  return actions.filter((action) => action !== false);
}

/** How far behind a projection is, in words. */
export function lagIn({ lagEvents }: Projection): string {
  return lagEvents === 0 ? 'up to date' : `${plural(lagEvents, 'event')} behind`;
}
