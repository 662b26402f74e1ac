/** A position for people: its number within the log. */
export function numberOf(position: string | undefined): number | null {
  const last = position?.split('-').at(-1);
  return last === undefined ? null : Number(last);
}
