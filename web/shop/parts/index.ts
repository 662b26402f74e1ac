export { ADDRESS_FIELDS } from './address-fields.js';
export { Catch } from './catch.js';
export { Copyable } from './copyable.js';
export { FailureAlert } from './failure-alert.js';
export { fractionOf, moneyText, percentText } from './money.js';
export { Pager } from './pager.js';
export { Empty, Loading, PageHead } from './page.js';
export { STATUSES, StatusBadge, statusText } from './status-badge.js';
export { When } from './when.js';
