import type { Role } from '../../kernel/vocabulary.ts';

/** Somebody to sign in as in the demo. */
export interface DemoUser {
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** The same for all, and refused outside the demo by never being made there. */
export const DEMO_PASSWORD = 'waybill-demo';

/**
 * One login per role, and a friend of the customer's: it takes two to send money. The merchant belongs to the demo's first merchant, the
 * first customer has orders.
 */
export const DEMO_USERS: readonly DemoUser[] = [
  { role: 'admin', name: 'Ada Lindqvist', email: 'admin@waybill.example', password: DEMO_PASSWORD },
  { role: 'agent', name: 'Ana Moreira', email: 'agent@waybill.example', password: DEMO_PASSWORD },
  { role: 'warehouse', name: 'Wim de Vries', email: 'warehouse@waybill.example', password: DEMO_PASSWORD },
  { role: 'fraud_analyst', name: 'Farah Aziz', email: 'fraud@waybill.example', password: DEMO_PASSWORD },
  { role: 'finance', name: 'Finn Okafor', email: 'finance@waybill.example', password: DEMO_PASSWORD },
  { role: 'merchant', name: 'Mara Schmid', email: 'merchant@waybill.example', password: DEMO_PASSWORD },
  { role: 'customer', name: 'Carla Rossi', email: 'customer@waybill.example', password: DEMO_PASSWORD },
  { role: 'customer', name: 'Ben Carter', email: 'friend@waybill.example', password: DEMO_PASSWORD },
];
