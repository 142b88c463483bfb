/**
 * Whose rows a reader may see. Null means all of them. Every view applies it inside its SQL, so that what is not yours is not
 * found rather than found and withheld.
 */
export interface Scope {
  readonly merchantId: string | null;
  readonly customerId: string | null;
}
