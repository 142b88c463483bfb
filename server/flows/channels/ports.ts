import { type ChannelPort, kindOf } from '../../domains/channels/provider.ts';
import type { Connection } from '../../domains/channels/rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import { open } from '../../platform/auth/secrets.ts';

/** How connections are reached. */
export interface ChannelPorts {
  portOf(connection: Pick<Connection, 'id' | 'kind' | 'url' | 'secretSealed'>): ChannelPort;
  /** Refuses an address that the operator has not allowed: nobody makes this house call whom they like. */
  demandAllowed(url: string): void;
  close(): void;
}

export interface ChannelSettings {
  /** WAYBILL_DATA_KEY: what secrets are sealed with. */
  readonly dataKey: string;
  /** Origins that may be called. */
  readonly origins: readonly string[];
  readonly timeoutMs?: number;
}

/** A secret is sealed for its connection: copied to another row it opens nothing. */
export const sealedFor = (connectionId: string): string => `channel:${connectionId}`;

const MOST_PORTS = 1_000;

export function createChannelPorts({ dataKey, origins, timeoutMs }: ChannelSettings): ChannelPorts {
  const allowed = new Set(origins);
  const ports = new Map<string, { readonly of: string; readonly port: ChannelPort }>();
  const demandAllowed = (url: string): void => {
    if (!allowed.has(new URL(url).origin))
      throw new DomainError(
        'invalid_request',
        'This address is not one that stock may be sent to. Ask the operator to add it to CHANNEL_ORIGINS.',
      );
  };
  return {
    demandAllowed,
    portOf({ id, kind, url, secretSealed }) {
      const of = `${kind} ${url} ${secretSealed}`;
      const known = ports.get(id);
      if (known?.of === of) return known.port;
      demandAllowed(url);
      known?.port.close();
      if (ports.size >= MOST_PORTS) closeAll(ports);
      const secret = open(secretSealed, sealedFor(id), dataKey);
      const port = kindOf(kind).connect({ url, secret, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
      ports.set(id, { of, port });
      return port;
    },
    close: () => closeAll(ports),
  };
}

function closeAll(ports: Map<string, { readonly port: ChannelPort }>): void {
  for (const { port } of ports.values()) port.close();
  ports.clear();
}
