import { parseArgs } from 'node:util';
import { dataDirOf } from './project.ts';
import { Refusal } from './run.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly demo: boolean;
  /** Whether made-up customers buy in the demo's shop. */
  readonly traffic: boolean;
  /** Print what the processes log instead of keeping it in files. */
  readonly logs: boolean;
}

const USAGE = `npm start -- [--port N] [--data DIR] [--no-demo] [--no-traffic] [--logs]
  --port N     the address people open (3000)
  --data DIR   the folder of the database and the secrets (.waybill)
  --no-demo    no demo data: prints a link to set up the first administrator
  --no-traffic no made-up customers in the demo's shop (also WAYBILL_TRAFFIC=0)
  --logs       log to the terminal instead of DIR/logs`;

/** Reads the command line; refuses what it does not know with the usage. */
export function startOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        'no-demo': { type: 'boolean', default: false },
        'no-traffic': { type: 'boolean', default: false },
        logs: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const port = Number(values.port ?? process.env.PORT ?? 3000);
    if (!Number.isInteger(port) || port < 1 || port > 65_500) {
      throw new Error(`--port ${values.port ?? process.env.PORT} is not a port number.`);
    }
    const demo = !values['no-demo'] && process.env.NODE_ENV !== 'production';
    const traffic = demo && !values['no-traffic'] && process.env.WAYBILL_TRAFFIC !== '0';
    return { traffic, port, dataDir: dataDirOf(values.data), demo, logs: values.logs };
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
