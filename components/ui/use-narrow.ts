import { useSyncExternalStore } from 'react';

/** As narrow as a phone: where the style sheets say 48em too. */
const NARROW = '(max-width: 48em)';

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Whether the window is as narrow as a phone. The server, which does not know, says no. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(NARROW).matches,
    () => false,
  );
}
