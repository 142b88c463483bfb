import type pg from 'pg';
import type { EndRequestInput, PayRequestInput } from '../../domains/money-requests/schema.ts';
import type {
  ChangeTierInput,
  FreezeWalletInput,
  OpenWalletInput,
  SendMoneyInput,
  SetHandleInput,
} from '../../domains/wallet/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { type EndedRequest, endRequest, expireRequests, type PaidRequest, payRequest } from './answer-request.ts';
import { closeWallet } from './close-wallet.ts';
import { type ChangedWallet, changeTier, freezeWallet, unfreezeWallet } from './freeze-wallet.ts';
import type { MovedMoney } from './move-money.ts';
import { type OpenedWallet, openWallet } from './open-wallet.ts';
import { type AskedMoney, requestMoney } from './request-money.ts';
import { sendMoney } from './send-money.ts';
import { type SetHandle, setHandle } from './set-handle.ts';

/** What customers and staff do with wallets. */
export interface WalletFlows {
  readonly open: Call<OpenWalletInput, OpenedWallet>;
  readonly setHandle: Call<SetHandleInput, SetHandle>;
  readonly send: Call<SendMoneyInput, MovedMoney>;
  /** Asks somebody for money. `walletId` is where it would go. */
  readonly request: Call<SendMoneyInput, AskedMoney>;
  readonly payRequest: Call<PayRequestInput, PaidRequest>;
  readonly endRequest: Call<EndRequestInput, EndedRequest>;
  readonly freeze: Call<FreezeWalletInput, ChangedWallet>;
  readonly unfreeze: Call<FreezeWalletInput, ChangedWallet>;
  readonly close: Call<FreezeWalletInput, ChangedWallet>;
  readonly changeTier: Call<ChangeTierInput, ChangedWallet>;
  /** Ends the requests that nobody answered in time. Returns how many. */
  expireRequests(ctx: Ctx): Promise<number>;
}

export interface WalletFlowDeps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** Gives each verb its lane. */
export function createWalletFlows({ pool, verb }: WalletFlowDeps): WalletFlows {
  return {
    open: verb(openWallet),
    setHandle: verb(setHandle),
    send: verb(sendMoney),
    request: verb(requestMoney),
    payRequest: verb(payRequest),
    endRequest: verb(endRequest),
    freeze: verb(freezeWallet),
    unfreeze: verb(unfreezeWallet),
    close: verb(closeWallet),
    changeTier: verb(changeTier),
    expireRequests: (ctx) => expireRequests(pool, ctx),
  };
}
