export { Ago } from './ago.js';
export { Chart, type Line } from './chart.js';
export { Confirm, NO_BANNER } from './dialog.js';
export { Copyable } from '../../common/copyable.js';
export { Fact } from './fact.js';
export { Empty, Failure, Loading, PageHead } from './states.js';
export { Json } from './json.js';
export { clockOf, countOf, numberOf, plural, shortOf, spanOf, wordsOf } from './format.js';
export { useOperate } from './use-operate.js';
