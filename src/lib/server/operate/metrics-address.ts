import * as v from 'valibot';

/** Where metrics are served: a host and a port, such as `127.0.0.1:9464` or `[::1]:9464`. */
export const MetricsAddressSchema = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^(\[[\da-fA-F:]+\]|[\w.-]+):(\d{1,5})$/,
    'needs a host and a port; it looks like 127.0.0.1:9464, or 0.0.0.0:9464 within a closed network',
  ),
  v.transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  }),
  v.check(({ port }) => port <= 65_535, 'needs a port up to 65535'),
);

export type MetricsAddress = v.InferOutput<typeof MetricsAddressSchema>;
