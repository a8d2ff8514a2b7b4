/** Public pages load no JavaScript at all. */
export const csr = false;
