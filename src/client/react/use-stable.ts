import { useMemo } from 'react';

/** The same object as long as it says the same, so that variables may be written where they are used. */
export function useStable<Value>(value: Value): Value {
  // Variables are sent as JSON, so that this is all of them; undefined has no text.
  const text = JSON.stringify(value) as string | undefined;
  // What was just written as JSON.
  return useMemo(() => (text === undefined ? undefined : JSON.parse(text)) as Value, [text]);
}
