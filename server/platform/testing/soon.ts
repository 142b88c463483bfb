import { vi } from 'vitest';

const AT_THE_LATEST_MS = 20_000;

/**
 * Waits until `look` no longer throws. Events become visible once every older transaction has ended, also one of another test file in
 * the same cluster, so that "at once" may be a moment later.
 */
export const soon = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, { timeout: AT_THE_LATEST_MS });
