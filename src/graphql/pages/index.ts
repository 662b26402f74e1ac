export type { Asset, AssetContent } from './asset.js';
export type { BuiltPagesOptions } from './built-pages.js';
export { assetOf, digestOf } from './asset.js';
export { createBuiltPages } from './built-pages.js';
export { answerNotFound, answerPage, newNonce, redirect, sendAsset } from './respond.js';
