import { rebuild } from './rebuild.js';
import { SERVICE_OPTIONS, serviceOf } from './service.js';
import { STATUS, numberOf, standing, statusTable, type WireStatus } from './status.js';
import type { Group, Verb } from './verb.js';
import { verifyProjection } from './verify.js';

const list: Verb = {
  usage: 'projections list',
  description: 'How each projection of the running service is doing.',
  options: SERVICE_OPTIONS,
  run: async (_, options, context) => {
    const data = await serviceOf(options, context).ask<{ projections: readonly WireStatus[] }>(
      `query Projections { projections ${STATUS} }`,
    );
    return { ok: true, json: data, lines: statusTable(data.projections) };
  },
};

/** A verb that is one mutation, which answers with the projection's status. */
function action(
  name: string,
  mutation: string,
  description: string,
  say: (status: WireStatus) => string,
): Verb {
  return {
    usage: `projections ${name} <name>`,
    description,
    options: SERVICE_OPTIONS,
    run: async ([projection], options, context) => {
      const data = await serviceOf(options, context).ask<Readonly<Record<string, WireStatus>>>(
        `mutation Operate($name: String!) { ${mutation}(name: $name) ${STATUS} }`,
        { name: projection },
      );
      const lines = Object.values(data).flatMap((status) => [say(status), standing(status)]);
      return { ok: true, json: data, lines };
    },
  };
}

interface WireCopy {
  readonly projection: string;
  readonly generation: number;
  readonly checkpoint: string;
  readonly bytes: number;
}

const copy: Verb = {
  usage: 'projections copy <name>',
  description:
    'Copy its live views to views/copies in the data directory, for a node that joins (VIEWS_FROM).',
  options: SERVICE_OPTIONS,
  run: async ([projection], options, context) => {
    const data = await serviceOf(options, context).ask<{ copyProjection: WireCopy }>(
      `mutation Copy($name: String!) { copyProjection(name: $name) { projection generation version checkpoint bytes } }`,
      { name: projection },
    );
    const { generation, checkpoint, bytes } = data.copyProjection;
    const lines = [
      `Generation ${generation} of ${projection ?? ''} is copied, up to position ${numberOf(checkpoint)} (${bytes.toLocaleString('en')} bytes).`,
    ];
    return { ok: true, json: data, lines };
  },
};

/** `projections …`. */
export const projections: Group = {
  name: 'projections',
  verbs: [
    list,
    rebuild,
    action(
      'cancel',
      'cancelRebuild',
      'Give up the rebuild that is going on. What is served stays.',
      ({ name }) => `The rebuild of ${name} is cancelled.`,
    ),
    action(
      'rollback',
      'rollbackProjection',
      'Go back to the generation before the live one, at once.',
      ({ name, generation }) => `${name} is served from generation ${generation} again.`,
    ),
    action(
      'prune',
      'pruneProjection',
      'Remove the generation that a rollback would go back to.',
      ({ name }) => `The generation of ${name} before this one is removed.`,
    ),
    verifyProjection,
    copy,
    action(
      'pause',
      'pauseProjection',
      'Let its views stand still, also after a restart, until resume.',
      ({ name }) => `${name} is paused. To go on: tidemark projections resume ${name}`,
    ),
    action('resume', 'resumeProjection', 'Go on after pause.', ({ name }) => `${name} goes on.`),
  ],
};
