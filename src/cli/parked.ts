import { list } from './parked-list.js';
import { retry } from './retry.js';
import { SERVICE_OPTIONS, serviceOf } from './service.js';
import { STATUS, parkedText, statusOf, tokenOf, type WireStatus } from './status.js';
import { counted } from './text.js';
import { UsageError, positionOf, type Group, type Verb } from './verb.js';

const skip: Verb = {
  usage: 'parked skip <projection> <position>',
  description: 'Pass over an event for good, and apply what waits behind it. The reason is written down.',
  options: [['--reason <text>', 'Why it may be passed over; needed'], ...SERVICE_OPTIONS],
  run: async ([projection = '', word = ''], options, context) => {
    const number = positionOf(word);
    const reason = options.text('reason');
    if (reason === undefined || reason.trim() === '')
      throw new UsageError('--reason expects why the event may be passed over: --reason "a test order".');
    const service = serviceOf(options, context);
    const { head } = await statusOf(service, projection);
    const data = await service.ask<{
      skipParked: { readonly applied: number; readonly skipped: number; readonly status: WireStatus };
    }>(
      `mutation Skip($projection: String!, $position: Position!, $reason: String!) {
        skipParked(projection: $projection, position: $position, reason: $reason) { applied skipped status ${STATUS} }
      }`,
      { projection, position: tokenOf(number, head), reason },
    );
    const { applied, status } = data.skipParked;
    return {
      ok: true,
      json: data,
      lines: [
        `Event ${number} is skipped, ${counted(applied, 'event')} behind it ${applied === 1 ? 'was' : 'were'} applied.`,
        `${parkedText(projection, status)}.`,
      ],
    };
  },
};

/** `parked …`. */
export const parked: Group = { name: 'parked', verbs: [list, retry, skip] };
