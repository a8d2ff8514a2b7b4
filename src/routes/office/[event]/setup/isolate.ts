/** A text whose direction does not turn what stands around it: a language's own name in a list of them. */
export const isolate = (text: string): string => `\u2068${text}\u2069`;
