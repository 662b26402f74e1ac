/** Where tasks queue that want the same things: who wants several waits for all of them, and holds all of them at once. */
export interface Lines {
  /** Whether somebody holds, or waits for, any of these. */
  isBusy(names: readonly string[]): boolean;
  /** Runs the task when all who came before and want any of the same are through. */
  wait<T>(names: readonly string[], task: () => Promise<T>): Promise<T>;
}

/** Lines that nobody stands in. Everybody waits only for those who came before, so that there is always one to go on. */
export function createLines(): Lines {
  const last = new Map<string, Promise<unknown>>();
  return {
    isBusy: (names) => names.some((name) => last.has(name)),
    wait: (names, task) => {
      const before = names.flatMap((name) => last.get(name) ?? []);
      const mine = before.length === 0 ? task() : Promise.allSettled(before).then(task);
      for (const name of names) last.set(name, mine);
      const leave = (): void => {
        for (const name of names) if (last.get(name) === mine) last.delete(name);
      };
      mine.then(leave, leave);
      return mine;
    },
  };
}
