export { DelaySlider } from './delay-slider.js';
export { ConsistencyStrip } from './strip.js';
