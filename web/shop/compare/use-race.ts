import { useCallback, useEffect, useRef, useState } from 'react';
import { NO_SCORE, contestant, type Score } from './contestant.js';

/** Both sides. */
export interface Race {
  readonly threaded: Score;
  readonly unthreaded: Score;
  readonly problem: string | null;
  readonly busy: boolean;
  /** One command on each side, and one read after it. */
  readonly step: () => Promise<void>;
  readonly reset: () => void;
}

/** Two sides that get the same commands at the same time. */
export function useRace(customerId: string): Race {
  const [sides, setSides] = useState(() => sidesFor(customerId));
  const [threaded, setThreaded] = useState(NO_SCORE);
  const [unthreaded, setUnthreaded] = useState(NO_SCORE);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const step = useCallback(async () => {
    setBusy(true);
    try {
      const scores = await Promise.all([sides.threaded.step(), sides.unthreaded.step()]);
      setThreaded(scores[0]);
      setUnthreaded(scores[1]);
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }, [sides]);
  const reset = (): void => {
    setSides(sidesFor(customerId));
    setThreaded(NO_SCORE);
    setUnthreaded(NO_SCORE);
    setProblem(null);
  };
  return { threaded, unthreaded, problem, busy, step, reset };
}

function sidesFor(customerId: string) {
  return { threaded: contestant(true, customerId), unthreaded: contestant(false, customerId) };
}

/** Calls `step` again and again while `going`, at most so often a second, never twice at a time. */
export function useKeepGoing(going: boolean, perSecond: number, step: () => Promise<void>): void {
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  useEffect(() => {
    if (!going) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let stopped = false;
    const turn = async (): Promise<void> => {
      const began = performance.now();
      await latest.current();
      if (!stopped)
        timer = setTimeout(() => void turn(), Math.max(0, 1_000 / perSecond - (performance.now() - began)));
    };
    timer = setTimeout(() => void turn(), 0);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [going, perSecond]);
}
