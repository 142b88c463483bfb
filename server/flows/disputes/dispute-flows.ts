import type pg from 'pg';
import type {
  AcceptDisputeInput,
  AddEvidenceFileInput,
  SaveEvidenceInput,
  SubmitDisputeInput,
} from '../../domains/disputes/schema.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import type { Outside } from '../outside.ts';
import {
  type AddedEvidenceFile,
  acceptDispute,
  addEvidenceFile,
  type ChangedDispute,
  saveEvidence,
  submitDispute,
} from './answer-dispute.ts';
import { createDisputeNews, type DisputeNews } from './dispute-news.ts';

/** What cardholders' banks ask about, and take back, of orders' payments. */
export interface DisputeFlows extends DisputeNews {
  readonly save: Call<SaveEvidenceInput, ChangedDispute>;
  readonly addFile: Call<AddEvidenceFileInput, AddedEvidenceFile>;
  readonly submit: Call<SubmitDisputeInput, ChangedDispute>;
  readonly accept: Call<AcceptDisputeInput, ChangedDispute>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly outside: Outside;
  readonly clock: () => Date;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createDisputeFlows({ verb, ...deps }: Deps): DisputeFlows {
  return {
    ...createDisputeNews(deps),
    save: verb(saveEvidence),
    addFile: verb(addEvidenceFile),
    submit: verb(submitDispute),
    accept: verb(acceptDispute),
  };
}
