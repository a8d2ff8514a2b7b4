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
        'default-src': ['none'],
        // WebAssembly is compiled in a worker, which goes by its own file's policy (scripts/response-headers.mjs).
        'script-src': ['self'],
        'style-src': ['self'],
        // The one style attribute that SvelteKit itself sets: it hides the line that tells a screen reader
        // the new page's title.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        // data: the QR codes that are shown once, and are at no address.
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        'manifest-src': ['self'],
        'worker-src': ['self'],
        'connect-src': ['self'],
        // The office looks at a letter in a frame, which has a policy of its own.
        'frame-src': ['self'],
        'object-src': ['none'],
        'base-uri': ['none'],
        'form-action': ['self'],
        // A prerendered page carries its policy in a meta tag, where browsers ignore this one.
        'frame-ancestors': ['none'],
        'require-trusted-types-for': ['script'],
        // Svelte's own, for its templates; and ours, for the scripts that are started by their address.
        'trusted-types': ['svelte-trusted-html', 'einlass-script'],
      },
    },
  },
};
