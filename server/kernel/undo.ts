/**
 * For how long a refund or a cancel that a person started waits before anything leaves the house: long enough to see what one has
 * done and to reach for a key, short enough that no customer waits for it.
 */
export const UNDO_WINDOW_MS = 10_000;

/** What an undoable verb keeps in its saga's state: until when it waits. */
export function undoUntil(saga: { readonly state: Readonly<Record<string, unknown>> }): Date | null {
  return typeof saga.state.undoUntil === 'string' ? new Date(saga.state.undoUntil) : null;
}
