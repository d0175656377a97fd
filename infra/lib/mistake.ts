/** Something that the person who deploys has to put right: printed as it is, without a stack trace. */
export class Mistake extends Error {
  constructor(message: string, hint?: string) {
    super(hint === undefined ? message : `${message}\n  hint: ${hint}`);
    this.name = "Mistake";
  }
}
