import adapter from '@sveltejs/adapter-node';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    adapter: adapter({ precompress: true }),
    // The door registers its service worker itself: public pages and the office need none.
    serviceWorker: { register: false },
    // The door's shell answers for every address below /door, so its own links must not be relative to one.
    paths: { relative: false },
    csp: {
      // Nonces for pages rendered per request, hashes for prerendered ones.
      mode: 'auto',
      directives: {
        'default-src': ['self'],
        // wasm: the QR decoder is compiled from WebAssembly shipped with the app.
        'script-src': ['self', 'wasm-unsafe-eval'],
        'style-src': ['self'],
        // The one style attribute that SvelteKit itself sets: it hides the line that tells a screen reader
        // the new page's title.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'img-src': ['self', 'data:', 'blob:'],
        'media-src': ['self', 'blob:'],
        'worker-src': ['self', 'blob:'],
        'connect-src': ['self'],
        'object-src': ['none'],
        'base-uri': ['self'],
        'form-action': ['self'],
        // A prerendered page carries its policy in a meta tag, where browsers ignore this one.
        'frame-ancestors': ['none'],
      },
    },
  },
};
