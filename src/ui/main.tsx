import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { type Engine, startEngine, startRequest } from './cluster/index.ts';
import { offerConsole } from './console.ts';
import { beginFirstMinute } from './layout/first-minute/begin.ts';
import { startOffline } from './offline.ts';
import { embed, startAppearance, startLessonLinks } from './session/index.ts';
import './design/tokens.css';
import './design/base.css';
import './design/primitives.css';

startAppearance();
startLessonLinks();

/** The cluster of a link, a real one, or one of the visitor's own. */
function openCluster(): Engine | Promise<Engine> {
  if (location.hash.startsWith('#s=')) return import('./features/share/open.ts').then(({ openShared }) => openShared());
  const server = new URLSearchParams(location.search).get('server');
  if (server !== null) return import('./features/real/open.ts').then(({ openReal }) => openReal(server));
  const engine = startEngine({ ...startRequest(), ...(embed && { keep: false }) });
  offerConsole(engine);
  beginFirstMinute(engine).catch(reportError);
  return engine;
}

function show(engine: Engine): void {
  if (engine.capabilities.keeping) startOffline(engine.ready).catch(() => undefined);
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App engine={engine} />
    </StrictMode>,
  );
}

// A link pasted into the address bar of an open page.
addEventListener('hashchange', () => location.hash.startsWith('#s=') && location.reload());

const engine = openCluster();
if (engine instanceof Promise) engine.then(show).catch(reportError);
else show(engine);
