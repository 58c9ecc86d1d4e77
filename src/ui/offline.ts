/** Registers the service worker when the page has nothing more urgent to do, and says when a newer page is ready. */
import { update } from './session/index.ts';

const AFTER_READY_MS = 2000;
const LOOK_AGAIN_MS = 3_600_000;

/** The new page takes over, and is loaded. */
function takeOver(waiting: ServiceWorker): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over');
}

function watch(registration: ServiceWorkerRegistration): void {
  const offer = () => {
    const { waiting } = registration;
    // Without a controller this is the first page there is: nothing is new about it.
    if (waiting && navigator.serviceWorker.controller) update({ newPage: () => takeOver(waiting) });
  };
  offer();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer);
  });
  setInterval(() => registration.update().catch(() => undefined), LOOK_AGAIN_MS);
}

/** @param ready what is more urgent */
export async function startOffline(ready: Promise<unknown>): Promise<void> {
  // Not while developing, nor in a frame of somebody else's page.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator) || window.top !== window) return;
  await ready;
  await new Promise((resolve) => setTimeout(resolve, AFTER_READY_MS));
  watch(await navigator.serviceWorker.register(new URL('sw.js', document.baseURI)));
}
