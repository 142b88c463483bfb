import { isLive, isPhoto } from '../../domains/returns/rules.ts';
import { type AddPhotoInput, MAX_PHOTO_BYTES, MAX_PHOTOS } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type World, writeWorld } from '../world.ts';
import { lockReturns, returnIn } from './return-world.ts';

/** Keeps a photo of what is wrong with a return: a small picture, by what its bytes say and not by what they are called. */
export interface AddedPhoto {
  readonly id: string;
  readonly returnId: string;
  readonly photos: number;
}

interface Adding extends World {
  readonly photos: returns.PhotosState;
}

async function lock(tx: Tx, requests: readonly Request<AddPhotoInput>[]): Promise<Adding> {
  const world = await lockReturns(tx, requests);
  return { ...world, photos: await returns.loadPhotos(tx, [...world.orders.byId.keys()]) };
}

function decide(world: Adding, { input, ctx }: Request<AddPhotoInput>): AddedPhoto {
  const { one } = returnIn(world, input.returnId);
  if (!isLive(one.status) || one.status === 'closed' || one.status === 'settled')
    throw new DomainError('state_refuses', `Return ${one.number} has ended: photos change nothing about it.`);
  const before = world.photos.counts.get(one.id) ?? 0;
  if (before >= MAX_PHOTOS) throw new DomainError('over_limit', `A return has ${MAX_PHOTOS} photos at most.`);
  const bytes = Buffer.from(input.data, 'base64');
  if (bytes.length === 0 || bytes.length > MAX_PHOTO_BYTES)
    throw new DomainError('invalid_request', 'A photo has 512 KB at most. Make it smaller and try again.', { field: 'data' });
  if (!isPhoto(bytes, input.contentType))
    throw new DomainError('invalid_request', 'This is no picture of the kind that it says. Send a JPEG, PNG or WebP.', {
      field: 'data',
    });
  const id = newId();
  world.applied++;
  const { id: returnId, orderId, merchantId } = one;
  const contentType = input.contentType;
  returns.addPhoto(world.photos, { id, returnId, orderId, contentType, bytes, addedBy: ctx.actor, addedAt: ctx.now });
  const after = { photoId: id, contentType, bytes: bytes.length };
  audit(world.outbox, { action: 'return.photo_added', entity: 'return', entityId: returnId, merchantId, after }, ctx);
  return { id, returnId, photos: before + 1 };
}

export const addReturnPhoto: Verb<AddPhotoInput, Adding, AddedPhoto> = {
  name: 'add-return-photo',
  lock,
  decide,
  async write(tx, world) {
    await returns.writePhotos(tx, world.photos);
    await writeWorld(tx, world);
  },
};
