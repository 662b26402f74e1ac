export type { Audience } from './audience.js';
export type { Hub } from './hub.js';
export type { LiveFrame, LiveView, Read } from './live-view.js';
export type { OpenView } from './open.js';
export type { Outlet } from './outlet.js';

export { audienceOf } from './audience.js';
export { createHub } from './hub.js';
export { createOutlet } from './outlet.js';
export { keyOf } from './frame-key.js';
export { openLiveView, openViewOf } from './open.js';
