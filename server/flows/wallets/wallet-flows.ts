import type {
  ChangeTierInput,
  FreezeWalletInput,
  OpenWalletInput,
  SendMoneyInput,
  SetHandleInput,
} from '../../domains/wallet/schema.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { type ChangedWallet, changeTier, freezeWallet, unfreezeWallet } from './freeze-wallet.ts';
import type { MovedMoney } from './move-money.ts';
import { type OpenedWallet, openWallet } from './open-wallet.ts';
import { sendMoney } from './send-money.ts';
import { type SetHandle, setHandle } from './set-handle.ts';

/** What customers and staff do with wallets. */
export interface WalletFlows {
  readonly open: Call<OpenWalletInput, OpenedWallet>;
  readonly setHandle: Call<SetHandleInput, SetHandle>;
  readonly send: Call<SendMoneyInput, MovedMoney>;
  readonly freeze: Call<FreezeWalletInput, ChangedWallet>;
  readonly unfreeze: Call<FreezeWalletInput, ChangedWallet>;
  readonly changeTier: Call<ChangeTierInput, ChangedWallet>;
}

export interface WalletFlowDeps {
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** Gives each verb its lane. */
export function createWalletFlows({ verb }: WalletFlowDeps): WalletFlows {
  return {
    open: verb(openWallet),
    setHandle: verb(setHandle),
    send: verb(sendMoney),
    freeze: verb(freezeWallet),
    unfreeze: verb(unfreezeWallet),
    changeTier: verb(changeTier),
  };
}
