import type pg from 'pg';
import type { Flows } from '../flows/flows.ts';
import type { SimulatorFlows } from '../flows/operate-simulator.ts';
import type { TrafficFlow } from '../flows/operate-traffic.ts';
import type { PeopleFlows } from '../flows/people/people-flows.ts';
import type { Ctx } from '../kernel/context.ts';
import type { LiveHub } from '../platform/live.ts';
import type { RateLimiter } from '../platform/rate-limit.ts';
import type { SimulatorControl } from '../platform/simulator-control.ts';
import type { TrafficControl } from '../platform/traffic-control.ts';
import type { KnownGateway } from '../views/payment-gateways.ts';

/** What the counter needs to know of its surroundings. `server/platform/env.ts` provides it. */
export interface ApiSettings {
  /** The address people type; mutations by cookie must come from it. */
  readonly origin: string;
  /** WAYBILL_SECRET: signs sessions and links. */
  readonly secret: string;
  /** WAYBILL_DATA_KEY: encrypts stored secrets. */
  readonly dataKey: string;
  /** This process's region, which new rows take as their home. */
  readonly region: string;
  readonly demo: boolean;
  /** The payment provider's page of card fields. */
  readonly cardFieldsUrl: string;
  /** Whether the payment provider moves real money: test keys are refused then. */
  readonly livePayments: boolean;
  /** Whether a mail server is named: where not, customers are told nothing. */
  readonly mail: boolean;
}

/** The part of a pino logger that the counter uses. */
export interface ApiLog {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/** A link on its way to a person. */
export interface Delivery {
  readonly kind: 'reset' | 'invitation';
  /** The link's own id: one mail each. */
  readonly id: string;
  readonly email: string;
  readonly url: string;
  readonly expiresAt: Date;
  /** The user who invites. */
  readonly invitedBy?: string;
  readonly ctx: Ctx;
}

/** Everything a procedure can reach. Made once per process by `server/main.ts`, or by a test. */
export interface App {
  readonly pool: pg.Pool;
  readonly flows: Flows;
  readonly people: PeopleFlows;
  /** Gets a sign-in link to the person it is for. By mail, where there is a way to send it. */
  readonly deliverLink: (link: Delivery) => Promise<void>;
  readonly settings: ApiSettings;
  readonly limits: RateLimiter;
  /** Every payment gateway there is. */
  readonly gateways: readonly KnownGateway[];
  readonly log: ApiLog;
  /** Waits for an object's next event: `Prefer: wait`. Absent where nobody reads events, as in most tests. */
  readonly live?: Pick<LiveHub, 'waitFor'>;
  /** The demo's customers; absent where there are none. */
  readonly traffic?: { readonly control: TrafficControl; readonly change: TrafficFlow };
  /** The demo's outside world; absent where the real one is. */
  readonly simulators?: { readonly control: SimulatorControl; readonly flows: SimulatorFlows };
}
