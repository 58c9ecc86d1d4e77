/** The whole page over a new cluster of any size: `large.html?nodes=100`. Kept nowhere, or with `&keep` opened by the next visit of the page. */
import { createRoot } from 'react-dom/client';
import { App } from '../../src/ui/App.tsx';
import { startEngine } from '../../src/ui/cluster/index.ts';
import { startAppearance } from '../../src/ui/session/index.ts';
import '../../src/ui/design/tokens.css';
import '../../src/ui/design/base.css';
import '../../src/ui/design/primitives.css';

const search = new URLSearchParams(location.search);
const nodes = Number(search.get('nodes') ?? 3);
startAppearance();
const engine = startEngine({ keep: search.has('keep'), create: { name: 'large', recipe: { options: { nodes } } } });
Object.assign(globalThis, { engine });
const root = document.getElementById('root');
if (root) createRoot(root).render(<App engine={engine} />);
