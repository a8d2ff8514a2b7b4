/**
 * Stands in for the polyfill that Paraglide's runtime imports everywhere: Node and current browsers have `URLPattern`,
 * and `hooks.client.ts` fetches the polyfill for the others.
 */
export {};
