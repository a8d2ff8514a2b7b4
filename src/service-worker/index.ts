/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { serveDoor } from './door.ts';
import { serveTickets } from './tickets.ts';

/**
 * One script, registered by two kinds of pages for themselves alone: what it serves is decided by the scope it was
 * registered for.
 */
const scope = self as unknown as ServiceWorkerGlobalScope;

if (new URL(scope.registration.scope).pathname.startsWith('/door')) serveDoor(scope);
else serveTickets(scope);
