import { useMemo } from 'react';

/** The same object as long as it says the same, so that variables may be written where they are used. */
export function useStable<Value>(value: Value): Value {
  const key = JSON.stringify(value);
  // What the key says is all that is sent.
  return useMemo(() => value, [key]);
}
