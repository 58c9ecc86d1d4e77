import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { startEngine, startRequest } from './cluster/index.ts';
import { beginFirstMinute } from './layout/first-minute/begin.ts';
import { startOffline } from './offline.ts';
import { startAppearance, startLessonLinks } from './session/index.ts';
import './design/tokens.css';
import './design/base.css';
import './design/primitives.css';

startAppearance();
startLessonLinks();
const engine = startEngine(startRequest());
beginFirstMinute(engine).catch(reportError);
startOffline(engine.ready).catch(() => undefined);
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App engine={engine} />
    </StrictMode>,
  );
}
