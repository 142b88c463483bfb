import { type Dispute, isFile, mayAnswer, mayGather, type Verdict, withEvidence } from '../../domains/disputes/rules.ts';
import {
  type AcceptDisputeInput,
  type AddEvidenceFileInput,
  MAX_FILE_BYTES,
  MAX_FILES,
  type SaveEvidenceInput,
  type SubmitDisputeInput,
} from '../../domains/disputes/schema.ts';
import * as disputes from '../../domains/disputes/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import { answersOf } from '../../domains/payments/rules.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { DisputeStatus } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { begin, lockWorld, orderOf, tell, type World, writeWorld } from '../world.ts';
import { ANSWER_SAGA } from './answer-birth.ts';

/**
 * What people do about a dispute: gather what speaks for the shop, send it once before the deadline, or let the money go. The answer itself
 * leaves by a saga, under an id of its own: sent twice it is one answer.
 */
export interface ChangedDispute {
  readonly id: string;
  readonly number: string;
  readonly orderId: string;
  readonly status: DisputeStatus;
  /** What is being sent, or was. */
  readonly answer: 'evidence' | 'accept' | null;
  readonly version: number;
}

export interface AddedEvidenceFile extends ChangedDispute {
  readonly fileId: string;
}

type About = { readonly disputeId: string };

async function lock(tx: Tx, requests: readonly Request<About>[]): Promise<World> {
  const ids = requests.map(({ input }) => input.disputeId);
  const orderIds = [...new Set((await disputes.ordersOf(tx, ids)).values())];
  return lockWorld(tx, { orderIds, disputesOf: new Set(orderIds) }, (requests[0] as Request<About>).ctx);
}

function disputeIn(world: World, id: string): { readonly dispute: Dispute; readonly order: Order } {
  const dispute = world.disputes.byId.get(id);
  if (!dispute) throw new DomainError('not_found', 'There is no such dispute.');
  return { dispute, order: orderOf(world, dispute.orderId) };
}

function demand(verdict: Verdict): void {
  if (!verdict.allowed) throw new DomainError('state_refuses', verdict.why);
}

const answered = ({ id, number, orderId, status, answer, version }: Dispute): ChangedDispute => ({
  id,
  number,
  orderId,
  status,
  answer,
  version: Number(version),
});

function record(world: World, dispute: Dispute, action: string, after: object, ctx: Ctx, reason?: string): void {
  const { id: entityId, merchantId } = dispute;
  audit(world.outbox, { action, entity: 'dispute', entityId, merchantId, after, ...(reason ? { reason } : {}) } as never, ctx);
}

function save(world: World, { input, ctx }: Request<SaveEvidenceInput>): ChangedDispute {
  const { dispute } = disputeIn(world, input.disputeId);
  demand(mayGather(dispute));
  world.applied++;
  dispute.evidence = withEvidence(dispute.evidence, input.evidence);
  disputes.changed(world.disputes, dispute);
  // What it says is about persons: the log keeps which parts were written.
  record(world, dispute, 'dispute.evidence_saved', { fields: Object.keys(input.evidence) }, ctx);
  return answered(dispute);
}

function submit(world: World, { input, ctx }: Request<SubmitDisputeInput>): ChangedDispute {
  const { dispute, order } = disputeIn(world, input.disputeId);
  demand(mayAnswer(dispute, 'evidence', answersOf(dispute.provider), ctx.now));
  const evidence = withEvidence(dispute.evidence, input.evidence ?? {});
  if (Object.keys(evidence).length === 0)
    throw new DomainError(
      'invalid_request',
      'There is nothing to send yet. Write what happened, or take over what the order says.',
      {
        field: 'evidence',
      },
    );
  dispute.evidence = evidence;
  send(world, order, dispute, 'evidence', ctx);
  record(world, dispute, 'dispute.submitted', { fields: Object.keys(evidence) }, ctx);
  return answered(dispute);
}

function accept(world: World, { input, ctx }: Request<AcceptDisputeInput>): ChangedDispute {
  const { dispute, order } = disputeIn(world, input.disputeId);
  demand(mayAnswer(dispute, 'accept', answersOf(dispute.provider), ctx.now));
  send(world, order, dispute, 'accept', ctx);
  record(world, dispute, 'dispute.accepted', { amountMinor: dispute.amountMinor }, ctx, input.reason);
  return answered(dispute);
}

function send(world: World, order: Order, dispute: Dispute, answer: 'evidence' | 'accept', ctx: Ctx): void {
  Object.assign(dispute, { answer, answerId: newId(), answeredBy: ctx.actor, answerError: null });
  disputes.changed(world.disputes, dispute);
  tell(world, order, 'dispute.answered', { disputeId: dispute.id, disputeNumber: dispute.number, answer }, ctx);
  begin(world, ANSWER_SAGA, order, { state: { disputeId: dispute.id, answerId: dispute.answerId } }, ctx);
}

interface Adding extends World {
  readonly files: disputes.FilesState;
}

function addFile(world: Adding, { input, ctx }: Request<AddEvidenceFileInput>): AddedEvidenceFile {
  const { dispute } = disputeIn(world, input.disputeId);
  demand(mayGather(dispute));
  if ((world.files.counts.get(dispute.id) ?? 0) >= MAX_FILES)
    throw new DomainError('over_limit', `A dispute has ${MAX_FILES} files at most.`);
  const bytes = Buffer.from(input.data, 'base64');
  if (bytes.length === 0 || bytes.length > MAX_FILE_BYTES)
    throw new DomainError('invalid_request', 'A file has 512 KB at most. Make it smaller and try again.', { field: 'data' });
  if (!isFile(bytes, input.contentType))
    throw new DomainError('invalid_request', 'This is no file of the kind that it says. Send a PDF, JPEG or PNG.', {
      field: 'data',
    });
  world.applied++;
  const id = newId();
  const { id: disputeId, orderId } = dispute;
  const { kind, contentType } = input;
  disputes.addFile(world.files, { id, disputeId, orderId, kind, contentType, bytes, addedBy: ctx.actor, addedAt: ctx.now });
  disputes.changed(world.disputes, dispute);
  record(world, dispute, 'dispute.file_added', { fileId: id, kind, contentType, bytes: bytes.length }, ctx);
  return { ...answered(dispute), fileId: id };
}

export const saveEvidence: Verb<SaveEvidenceInput, World, ChangedDispute> = {
  name: 'save-dispute-evidence',
  lock,
  decide: save,
  write: writeWorld,
};
export const submitDispute: Verb<SubmitDisputeInput, World, ChangedDispute> = {
  name: 'submit-dispute',
  lock,
  decide: submit,
  write: writeWorld,
};
export const acceptDispute: Verb<AcceptDisputeInput, World, ChangedDispute> = {
  name: 'accept-dispute',
  lock,
  decide: accept,
  write: writeWorld,
};
export const addEvidenceFile: Verb<AddEvidenceFileInput, Adding, AddedEvidenceFile> = {
  name: 'add-dispute-file',
  async lock(tx, requests) {
    const world = await lock(tx, requests);
    return { ...world, files: await disputes.loadFiles(tx, [...world.orders.byId.keys()]) };
  },
  decide: addFile,
  async write(tx, world) {
    await disputes.writeFiles(tx, world.files);
    await writeWorld(tx, world);
  },
};
