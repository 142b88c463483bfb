import { describe, expect, it } from 'vitest';
import { createConsistentReader, type Versioned } from './consistent-read.ts';

function place(options: { patienceMs?: number; maxEntries?: number } = {}) {
  const state = { now: 0, loads: 0, object: { value: 'one', version: 1n } as Versioned<string> | null };
  let answer = (): Promise<Versioned<string> | null> => Promise.resolve(state.object);
  const reader = createConsistentReader<string>({
    load: () => {
      state.loads++;
      return answer();
    },
    clock: () => state.now,
    maxAgeMs: 2_000,
    ...options,
  });
  return {
    state,
    read: reader.read,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
}

describe('a read', () => {
  it('that is strong asks every time; one that is eventual says how old its answer is, and asks again when that is too old', async () => {
    const { state, read } = place();
    await read('a', 'strong');
    state.object = { value: 'two', version: 2n };
    state.now = 1_999;
    expect(await read('a', 'eventual')).toMatchObject({ value: 'one', version: 1n, lagMs: 1_999 });
    expect(state.loads).toBe(1);
    expect(await read('a', 'strong')).toMatchObject({ value: 'two', lagMs: 0 });
    state.object = { value: 'three', version: 3n };
    state.now = 4_000;
    expect(await read('a', 'eventual')).toMatchObject({ value: 'three', lagMs: 0 });
  });

  it('at least at a version waits for it, and says so when it does not come', async () => {
    const { state, read } = place({ patienceMs: 0 });
    expect(await read('a', { atLeast: 1n })).toMatchObject({ version: 1n });
    await expect(read('a', { atLeast: 2n })).rejects.toMatchObject({ code: 'version_not_reached', data: { version: 1 } });
    const patient = place();
    const waiting = patient.read('a', { atLeast: 2n });
    patient.state.object = { value: 'two', version: 2n };
    expect(await waiting).toMatchObject({ value: 'two', version: 2n });
    expect(patient.state.loads).toBe(2);
    expect(state.loads).toBe(2);
  });

  it('that is answered late never hides a newer one', async () => {
    const { read, answerWith } = place();
    let late: (value: Versioned<string>) => void = () => {};
    answerWith(() => new Promise((resolve) => (late = resolve)));
    const slow = read('a', 'strong');
    answerWith(() => Promise.resolve({ value: 'two', version: 2n }));
    await read('a', 'strong');
    late({ value: 'one', version: 1n });
    expect(await slow).toMatchObject({ value: 'one' });
    expect(await read('a', 'eventual')).toMatchObject({ value: 'two' });
  });

  it('asked by many at once asks once, forgets what is gone, and remembers so many and no more', async () => {
    const { state, read } = place({ maxEntries: 2 });
    await Promise.all([read('a', 'eventual'), read('a', 'eventual'), read('a', 'eventual')]);
    expect(state.loads).toBe(1);
    await read('b', 'eventual');
    await read('c', 'eventual');
    await read('a', 'eventual');
    expect(state.loads).toBe(4);
    state.object = null;
    expect(await read('a', 'strong')).toBeNull();
    expect(await read('a', 'eventual')).toBeNull();
  });
});
