import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { startEngine, startRequest } from './cluster/index.ts';
import { startAppearance } from './session/index.ts';
import './design/tokens.css';
import './design/base.css';
import './design/primitives.css';

startAppearance();
const engine = startEngine(startRequest());
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App engine={engine} />
    </StrictMode>,
  );
}
