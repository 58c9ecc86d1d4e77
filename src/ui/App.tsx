import { lazy, Suspense, useCallback, useState } from 'react';
import { ClusterProvider, type Engine, useClusterState } from './cluster/index.ts';
import { Button, EmptyState, Messages } from './design/index.ts';
import { HiddenPanes } from './layout/HiddenPanes.tsx';
import { TopBar } from './layout/TopBar.tsx';
import { useKeys } from './layout/use-keys.ts';
import { Workbench } from './layout/Workbench.tsx';
import { dismiss, useSession, useWords } from './session/index.ts';
import './layout/layout.css';

const KeySheet = lazy(() => import('./layout/KeySheet.tsx'));

export function App({ engine }: { readonly engine: Engine }) {
  return (
    <ClusterProvider engine={engine}>
      <Page />
    </ClusterProvider>
  );
}

function Page() {
  const say = useWords();
  const { state, error } = useClusterState();
  const messages = useSession((session) => session.messages);
  const [keys, setKeys] = useState(false);
  const showKeys = useCallback(() => setKeys(true), []);
  useKeys({ onKeys: showKeys });
  return (
    <div className="page">
      <TopBar onKeys={showKeys} />
      <main>
        {state === 'failed' ? (
          <EmptyState text={say('clusterFailed')}>
            <code className="command">{error}</code>
            <Button look="main" onClick={() => location.reload()}>
              {say('reload')}
            </Button>
          </EmptyState>
        ) : (
          <Workbench />
        )}
      </main>
      <HiddenPanes />
      <Messages messages={messages} dismissLabel={say('dismissMessage')} onDismiss={dismiss} />
      <Suspense fallback={null}>{keys && <KeySheet onClose={() => setKeys(false)} />}</Suspense>
    </div>
  );
}
