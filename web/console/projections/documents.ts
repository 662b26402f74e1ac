import { graphql } from '../generated/index.js';

/** Builds a new generation of the views. */
export const rebuild = graphql(`
  mutation Rebuild($name: String!) {
    rebuildProjection(name: $name) {
      name
    }
  }
`);

/** Gives up the generation that is being built. */
export const cancel = graphql(`
  mutation Cancel($name: String!) {
    cancelRebuild(name: $name) {
      name
    }
  }
`);

/** Goes back to the generation before. */
export const rollback = graphql(`
  mutation Rollback($name: String!) {
    rollbackProjection(name: $name) {
      name
    }
  }
`);

/** Deletes the generation that was kept. */
export const prune = graphql(`
  mutation Prune($name: String!) {
    pruneProjection(name: $name) {
      name
    }
  }
`);

/** Applies nothing more. */
export const pause = graphql(`
  mutation Pause($name: String!) {
    pauseProjection(name: $name) {
      name
    }
  }
`);

/** Goes on. */
export const resume = graphql(`
  mutation Resume($name: String!) {
    resumeProjection(name: $name) {
      name
    }
  }
`);

/** Holds each event back for so long. */
export const delay = graphql(`
  mutation Delay($name: String!, $delayMs: Int!) {
    delayProjection(name: $name, delayMs: $delayMs) {
      name
    }
  }
`);

/** Holds the live views against a replay, or a sample of them against their own events. */
export const verify = graphql(`
  mutation Verify($name: String!, $sample: Int) {
    verifyProjection(name: $name, sample: $sample) {
      outcome
      checkpoint
      rows
      sampled
      setAside
      notSampled
      differing
      parked
      parkedError
      message
      differences {
        table
        key
        live
        replayed
      }
    }
  }
`);
