/** Something that the person who deploys has to put right: printed as it is, without a stack trace. */
export class Mistake extends Error {
  constructor(message: string, hint?: string) {
    super(hint === undefined ? message : `${message}\n  hint: ${hint}`);
    this.name = "Mistake";
  }
}

/** Runs a program; a mistake is printed and becomes the exit code 1. */
export function orMistake(program: () => unknown): void {
  try {
    program();
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
