import 'reflect-metadata/lite';
import type { Module } from './kernel/index.js';
import { orders } from './orders/index.js';

/** The domains of this service, as the service itself and its command line know them. */
export const modules: readonly Module[] = [orders];
