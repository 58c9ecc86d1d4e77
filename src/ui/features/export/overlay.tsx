/** "Take it to a real cluster": plain manifests and the scripts that go with them. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { nodes } from '#engine/api';
import { useClient, useDiscovery, useList } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button, Skeleton, Tabs } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import { saveText } from '../share/files.ts';
import { type CollectedObject, collectObjects, imagesOf, toYaml } from '../share/manifests/collect.ts';
import { isSimulated, kindScript, minikubeScript, nodePortsOf } from '../share/manifests/scripts.ts';
import { useShareWords } from '../share/words/use-words.ts';
import '../share/share.css';

export default function ExportDialog() {
  const say = useShareWords();
  const client = useClient();
  const groups = useDiscovery();
  const [objects, setObjects] = useState<readonly CollectedObject[]>();
  const [error, setError] = useState<string>();
  const asked = useRef(false);
  useEffect(() => {
    if (!groups || asked.current) return;
    asked.current = true;
    collectObjects(client, groups).then(setObjects, (problem: unknown) =>
      setError(problem instanceof Error ? problem.message : String(problem)),
    );
  }, [client, groups]);
  return (
    <Dialog title={say('exportTitle')} onClose={closeOverlay}>
      {error !== undefined && <p role="alert">{say('gatherFailed', { message: error })}</p>}
      {!objects && error === undefined && <Skeleton label={say('gathering')} />}
      {objects?.length === 0 && <p>{say('exportNothing')}</p>}
      {objects && objects.length > 0 && <Export objects={objects} />}
      <div className="dialog-actions">
        <Button onClick={closeOverlay}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}

type Tab = 'manifests' | 'kind' | 'minikube';

function Export({ objects }: { readonly objects: readonly CollectedObject[] }) {
  const say = useShareWords();
  const { items: allNodes } = useList(nodes);
  const [tab, setTab] = useState<Tab>('manifests');
  const simulated = useMemo(() => imagesOf(objects).filter(isSimulated), [objects]);
  const facts = { nodes: allNodes.length || 1, nodePorts: nodePortsOf(objects), simulated };
  const files: { readonly [one in Tab]: { readonly name: string; readonly text: string } } = {
    manifests: { name: 'manifests.yaml', text: useMemo(() => toYaml(objects), [objects]) },
    kind: { name: 'kind.sh', text: kindScript(facts) },
    minikube: { name: 'minikube.sh', text: minikubeScript(facts) },
  };
  const { name, text } = files[tab];
  return (
    <>
      <p>{say('exportText', { count: objects.length })}</p>
      {simulated.length > 0 && (
        <section className="share-secrets" aria-label={say('exportImages')}>
          <h3>{say('exportImages')}</h3>
          <p>{say('exportImagesText')}</p>
          <ul>
            {simulated.map((image) => (
              <li key={image}>
                <code>{image}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Tabs
        label={say('exportTitle')}
        value={tab}
        items={[
          { value: 'manifests', label: say('exportManifests') },
          { value: 'kind', label: say('exportKind') },
          { value: 'minikube', label: say('exportMinikube') },
        ]}
        onChange={(value) => setTab(value as Tab)}
      >
        <textarea className="export-text" readOnly aria-label={name} value={text} spellCheck={false} wrap="off" />
      </Tabs>
      <div className="share-actions">
        <Button look="main" onClick={() => saveText(name, text)}>
          {say('save', { name })}
        </Button>
      </div>
    </>
  );
}
