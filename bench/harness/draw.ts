/** Numbers below a bound, drawn by xorshift32 (Marsaglia 2003): the same seed draws the same. */
export function drawFrom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
