import type { MarketplaceState } from '../../server/simulators/marketplace/state.ts';

export interface Told {
  readonly latenciesMs: readonly number[];
  /** Changes that the channel never had. */
  readonly missing: number;
}

export interface Watch {
  /** A change of a SKU is committed: from now on the channel may be late. `quantity` only rises. */
  committed(code: string, quantity: number): void;
  /** Resolves when the channel has everything that was committed, or after so long. */
  settled(withinMs: number): Promise<Told>;
}

/** Watches when a channel applies what was committed here: an absolute quantity stands for every change up to it. */
export function watchChannel(state: MarketplaceState): Watch {
  const waiting = new Map<string, { readonly quantity: number; readonly at: number }[]>();
  const latenciesMs: number[] = [];
  let open = 0;
  state.onListing = ({ listing_id: code, quantity }) => {
    const now = performance.now();
    const left = (waiting.get(code) ?? []).filter((change) => {
      if (change.quantity > quantity) return true;
      latenciesMs.push(now - change.at);
      open--;
      return false;
    });
    waiting.set(code, left);
  };
  return {
    committed(code, quantity) {
      // It was faster than our own answer.
      if ((state.find(code)?.quantity ?? 0) >= quantity) {
        latenciesMs.push(0);
        return;
      }
      waiting.set(code, [...(waiting.get(code) ?? []), { quantity, at: performance.now() }]);
      open++;
    },
    async settled(withinMs) {
      const until = performance.now() + withinMs;
      while (open > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      return { latenciesMs, missing: open };
    },
  };
}
