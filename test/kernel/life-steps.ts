/** Who owns which account, where that is the entity. */
export const OWNERS = { a: 'x', b: 'x', c: 'y', d: 'z' } as const;

/** What can be wrong with an event until it is mended. */
export const FAULTS = ['unknown', 'throws', 'null', 'old'] as const;
/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** A deposit of a step. */
export interface Planned {
  readonly account: keyof typeof OWNERS;
  readonly amount: number;
  readonly fault: Fault | null;
}

/** What each kind of step takes; a share picks one of what there is. */
export interface StepMap {
  readonly append: readonly Planned[];
  readonly redeliver: number;
  readonly resend: number;
  readonly wait: number;
  readonly pause: null;
  readonly resume: null;
  readonly rebuild: null;
  readonly cancel: null;
  readonly rollback: null;
  readonly prune: null;
  readonly mend: Fault;
  readonly retry: number;
  readonly skip: number;
  readonly damage: null;
  /** The files are what they are at this moment; a build of this version is started on them. */
  readonly crash: number;
  readonly restart: number;
}

/** One step, and how many turns of the event loop to let pass after it. */
export type Step = {
  [K in keyof StepMap]: { readonly kind: K; readonly of: StepMap[K]; readonly turns: number };
}[keyof StepMap];
