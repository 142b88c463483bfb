/** A failure with a sentence for the person at the terminal: what is wrong and what to do. Printed without a stack. */
export class Refusal extends Error {}

/** Runs a command: a Refusal is printed as its sentence, anything else with its stack, and both end with exit code 1. */
export function run(main: () => Promise<void>): void {
  main().then(
    () => process.exit(process.exitCode ?? 0),
    (error: unknown) => {
      console.error(error instanceof Refusal ? error.message : error);
      process.exit(1);
    },
  );
}
