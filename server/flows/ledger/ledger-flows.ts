import type pg from 'pg';
import type {
  ClosePeriodInput,
  OpenAccountInput,
  OperateAccountInput,
  ProposeAdjustmentInput,
  ProposeReversalInput,
} from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { LaneOptions } from '../../platform/lane.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { type ClosedPeriod, closePeriod } from './close-period.ts';
import { type ProposedCorrection, proposeAdjustment, proposeReversal } from './correct-books.ts';
import { type OpenedAccount, openAccount } from './open-account.ts';
import { type OperatedAccount, operateAccount } from './operate-account.ts';
import { createTransferLane, type TransferLane } from './post-journals.ts';
import { createProgramPosting, type PostedPrograms, type PostProgramsInput } from './post-programs.ts';

/** What can be done with the ledger itself. */
export interface LedgerFlows {
  readonly post: TransferLane['post'];
  /** Accounts of a merchant's own programs, and journals between them from outside. */
  readonly openAccount: Call<OpenAccountInput, OpenedAccount>;
  readonly postPrograms: Call<PostProgramsInput, PostedPrograms>;
  readonly operateAccount: Call<OperateAccountInput, OperatedAccount>;
  readonly closePeriod: Call<ClosePeriodInput, ClosedPeriod>;
  /** Corrections by hand: somebody else decides them as approvals. */
  readonly proposeAdjustment: Call<ProposeAdjustmentInput, ProposedCorrection>;
  readonly proposeReversal: Call<ProposeReversalInput, ProposedCorrection>;
  /** Voids the holds whose time is over. Returns how many. */
  expireHolds(ctx: Ctx): Promise<number>;
  idle(): Promise<void>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
  readonly observe?: LaneOptions<unknown, unknown>['observe'];
}

/** One sweep voids this many at most; the next one takes the rest. */
const BATCH = 500;

export function createLedgerFlows({ pool, verb, observe }: Deps): LedgerFlows {
  const lane = createTransferLane({ pool, ...(observe ? { observe } : {}) });
  return {
    post: lane.post,
    openAccount: verb(openAccount),
    postPrograms: createProgramPosting({ pool, post: lane.postAll }),
    operateAccount: verb(operateAccount),
    closePeriod: verb(closePeriod),
    proposeAdjustment: verb(proposeAdjustment),
    proposeReversal: verb(proposeReversal),
    async expireHolds(ctx) {
      const holds = await ledger.expiredHolds(pool, ctx.now, BATCH);
      const voids = holds.map(
        (holdId) => ({ phase: 'void', id: newId(), kind: 'hold_expired', holdId, orderId: null, paymentId: null }) as const,
      );
      const results = await Promise.all(voids.map((spec) => lane.post([spec], ctx)));
      return results.flat().filter(({ result }) => result === 'created').length;
    },
    idle: lane.idle,
  };
}
