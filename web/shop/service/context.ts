import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Service } from './service.js';

/** The service of the page. */
export const ServiceContext = createContext<Service | null>(null);

/** The service; throws outside of the page's frame. */
export function useService(): Service {
  const service = useContext(ServiceContext);
  if (service === null) throw new Error('There is no service here: wrap the page in a ServiceContext.');
  return service;
}

/** How many answers have come that read a view. */
export function useReads(): number {
  const { reads } = useService();
  return useSyncExternalStore(reads.subscribe, reads.get);
}
