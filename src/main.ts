import 'reflect-metadata/lite';
import { service } from './app.js';
import { runService } from './service/index.js';

await runService(service);
