import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bench, latency, type Row, type Sample } from './harness.js';
import { startService } from './service.js';

const CLIENTS = 64;
const FACTORS = [1, 2, 4] as const;
const PROBE_EVERY_MS = 50;

/** What the load's process saw. */
interface Load {
  readonly seconds: number;
  readonly sent: number;
  readonly inTime: number;
  readonly accepted: readonly number[];
  readonly overloaded: number;
  readonly failed: number;
  readonly probes: readonly number[];
}

await bench('overload', async ({ quick, scratch }) => {
  const runMs = quick ? 1_000 : 5_000;
  const service = await startService('service', scratch());
  await load(service.url, 0, runMs / 4, CLIENTS);
  const closed = await load(service.url, 0, runMs, CLIENTS);
  const capacity = closed.inTime / closed.seconds;
  const rows: Row[] = [row(`${CLIENTS} clients in a closed loop`, closed)];
  for (const factor of FACTORS)
    rows.push(row(`${factor} × that, open loop`, await load(service.url, capacity * factor, runMs, 0)));
  await service.stop();
  return [{ title: 'createOrder over HTTP, durable, past capacity', rows }];
});

async function load(url: string, rate: number, ms: number, closed: number): Promise<Load> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./overload-load.${extension}`, import.meta.url));
  const child = fork(file, [url, String(rate), String(ms), String(closed)], { serialization: 'advanced' });
  // From this process, which has nothing else to do: the load's own is too busy to tell its delay from the service's.
  const stopProbing = probe(url);
  const [seen] = (await once(child, 'message')) as [Omit<Load, 'probes'>];
  return { ...seen, probes: await stopProbing() };
}

/** Asks /livez again and again until the returned function is called; a probe that failed has waited for ever. */
function probe(url: string): () => Promise<readonly number[]> {
  let over = false;
  const times: number[] = [];
  const probing = (async () => {
    while (!over) {
      const started = performance.now();
      const ok = await fetch(`${url}/livez`).then(
        async (response) => (await response.text()) !== '' && response.ok,
        () => false,
      );
      times.push(ok ? performance.now() - started : Infinity);
      await sleep(PROBE_EVERY_MS);
    }
  })();
  return async () => {
    over = true;
    await probing;
    return times;
  };
}

function row(name: string, seen: Load): Row {
  const goodput = seen.inTime / seen.seconds;
  const metrics: Sample = {
    'offered/s': seen.sent / seen.seconds,
    'accepted/s': goodput,
    'overloaded %': (100 * seen.overloaded) / Math.max(1, seen.sent),
    'failed %': (100 * seen.failed) / Math.max(1, seen.sent),
    ...latency('accepted', seen.accepted),
    ...latency('livez', seen.probes),
  };
  return { name, metrics, rounds: [goodput] };
}
