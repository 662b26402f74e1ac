import { runService } from 'tidemark/service';
import { service } from './service.js';

await runService(service);
