import type { Projection } from '../feed/index.js';

/** What a state is called, and what it means. */
export interface StateWords {
  readonly label: string;
  readonly color: string;
  readonly meaning: string;
}

/** Each state in words. */
export const STATES: Readonly<Record<Projection['state'], StateWords>> = {
  LIVE: { label: 'Live', color: 'teal', meaning: 'Applies events as they come.' },
  CATCHING_UP: {
    label: 'Catching up',
    color: 'yellow',
    meaning: 'Far behind the log, and reading. Reads with a position wait for it.',
  },
  BUILDING: {
    label: 'Building',
    color: 'blue',
    meaning: 'Its views are being built; until then those of an older version are served, or none.',
  },
  PAUSED: {
    label: 'Paused',
    color: 'orange',
    meaning: 'An operator paused it. Queries go on with what there is, and fall behind.',
  },
  FAILED: {
    label: 'Failed',
    color: 'red',
    meaning: 'Cannot go on. It is tried again by itself; nothing is skipped.',
  },
  STOPPED: { label: 'Stopped', color: 'gray', meaning: 'The service is stopping.' },
};
