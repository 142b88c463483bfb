import { canonicalize } from 'json-canonicalize';
import type { Flows } from '../../flows/flows.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { describe, type Faults, isExpected } from './faults.ts';
import { HOME, type House, ProcessDied } from './house.ts';
import { simulatedId } from './ids.ts';
import type { Random } from './random.ts';

/** What somebody was told, as they were told it. */
export type Answer = { readonly ok: unknown } | { readonly refused: string };

/** One thing that somebody wants, under one key, however often they have to ask. */
export interface Wish {
  readonly what: string;
  readonly call: (flows: Flows, ctx: Ctx, key: string) => Promise<unknown>;
}

/** A wish with every answer that came to it: they must all be the same. */
export interface Asked extends Wish {
  readonly key: string;
  readonly actor: string;
  readonly answers: Answer[];
}

const ACTOR = 'user:00000000-0000-7000-8000-00000000000a';
const PATIENCE_MS = 30_000;
const PAUSE_MS = { from: 50, to: 2_000 };
/** A client who never hears anything is a client who was lost. */
const MAX_TRIES = 40;

/** Everybody who asks the house for something. Who hears nothing asks again, perhaps somewhere else, under the same key. */
export class Clients {
  readonly asked: Asked[] = [];
  private readonly house: House;
  private readonly faults: Faults;
  private readonly random: Random;

  constructor(options: { house: House; faults: Faults; random: Random }) {
    this.house = options.house;
    this.faults = options.faults;
    this.random = options.random;
  }

  /** Asks until there is an answer, and returns the first that was heard. */
  async ask(wish: Wish): Promise<Answer> {
    const asked: Asked = { ...wish, key: simulatedId() as string, actor: ACTOR, answers: [] };
    this.asked.push(asked);
    const { scheduler } = this.house;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries === 0 && this.faults.strikes('request_twice')) void this.send(asked);
      const patienceMs = this.faults.strikes('request_again') ? this.random.between(PAUSE_MS.from, PAUSE_MS.to) : PATIENCE_MS;
      await Promise.race([this.send(asked), scheduler.sleep(patienceMs)]);
      const [answer] = asked.answers;
      if (answer) return answer;
      await scheduler.sleep(this.random.between(PAUSE_MS.from, PAUSE_MS.to));
    }
    scheduler.found(`${asked.what} had no answer after ${MAX_TRIES} tries`);
    return { refused: 'never answered' };
  }

  /** Sends a request once; hears the answer, or nothing. */
  async send(asked: Asked): Promise<void> {
    const { scheduler } = this.house;
    const api = this.house.pickApi(this.random);
    if (!api) return;
    const ctx: Ctx = {
      now: new Date(scheduler.time.now),
      actor: asked.actor,
      traceId: simulatedId() as string,
      requestId: simulatedId() as string,
      home: HOME,
    };
    try {
      const ok = await Promise.race([asked.call(api.flows, ctx, asked.key), api.died]);
      this.hear(asked, { ok });
    } catch (error) {
      if (error instanceof ProcessDied || isExpected(error)) return;
      if (error instanceof DomainError && error.entry.status < 500)
        this.hear(asked, { refused: `${error.code}: ${error.detail}` });
      else scheduler.found(`${asked.what} threw ${describe(error)}`);
    }
  }

  private hear(asked: Asked, answer: Answer): void {
    asked.answers.push(answer);
    // A stored answer is told with its names in another order, which in JSON is no difference.
    const [first, text] = [canonicalize(asked.answers[0]), canonicalize(answer)];
    this.house.scheduler.say(`answer to ${asked.what}: ${text.slice(0, 160)}`);
    if (first !== text) this.house.scheduler.found(`${asked.what} was answered ${first} and then ${text} under one key`);
  }
}
