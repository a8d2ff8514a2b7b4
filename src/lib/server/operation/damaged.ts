/** A backup that can't be read as it was written. The message says what is wrong, and nothing of its content. */
export class Damaged extends Error {}
