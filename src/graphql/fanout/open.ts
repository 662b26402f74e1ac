import { refuseUnknown } from '../../kernel/index.js';
import type { RequestContext } from '../context.js';
import type { LiveSource } from '../live.js';
import type { PositionToken } from '../position.js';
import { framesAlone } from './alone.js';
import type { LiveFrame, LiveView } from './live-view.js';

/** A view that a subscription has opened, and the position of the last frame that it has. */
export interface OpenView {
  readonly view: LiveView;
  readonly after: number | undefined;
}

const opened = new WeakMap<RequestContext, OpenView>();

/**
 * What a subscription field returns for a live view; the edge gives those who are shown the same the same frames. Rejects
 * with UNKNOWN_POSITION where `after` is another log's or ahead of this one.
 */
export async function openLiveView<Frame extends LiveFrame>(
  context: RequestContext,
  view: LiveView<Frame>,
  after: PositionToken | null | undefined,
): Promise<LiveSource<LiveFrame>> {
  const position = after ? context.positions.resolve(after) : undefined;
  if (position !== undefined)
    await refuseUnknown(position, view.projector.freshness.checkpoint(), context.kernel.log);
  // A view is only ever given the frames that it made.
  const anyView = view as unknown as LiveView;
  opened.set(context, { view: anyView, after: position });
  return framesAlone(context, anyView, position);
}

/** What the operation with this context has opened; undefined where it is no live view. */
export function openViewOf(context: RequestContext): OpenView | undefined {
  return opened.get(context);
}
