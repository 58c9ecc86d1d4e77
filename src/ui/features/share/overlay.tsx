/** The share dialog: a link, a file, or a snippet of what is here now. */
import { useEffect, useRef, useState } from 'react';
import { useClient, useClock, useDiscovery, useEngine } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button, Skeleton } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import { Choices } from './Choices.tsx';
import { Copyable } from './Copyable.tsx';
import { EmbedSnippets } from './EmbedSnippets.tsx';
import { fileNameOf, openSharedFile, saveText } from './files.ts';
import { gather, type MadeLink, type Material, makeLink, type ShareChoice } from './make.ts';
import { Secrets } from './Secrets.tsx';
import { useShareWords } from './words/use-words.ts';
import './share.css';

export default function ShareDialog() {
  const say = useShareWords();
  const { material, error } = useMaterial();
  return (
    <Dialog title={say('shareTitle')} onClose={closeOverlay}>
      {error !== undefined && <p role="alert">{say('gatherFailed', { message: error })}</p>}
      {!material && error === undefined && <Skeleton label={say('gathering')} />}
      {material && <Share material={material} />}
      <OpenFile />
    </Dialog>
  );
}

/** What a link could carry, read once when the dialog opens. */
function useMaterial(): { readonly material?: Material; readonly error?: string } {
  const engine = useEngine();
  const client = useClient();
  const groups = useDiscovery();
  const [result, setResult] = useState<{ readonly material?: Material; readonly error?: string }>({});
  const asked = useRef(false);
  useEffect(() => {
    if (!groups || asked.current) return;
    asked.current = true;
    gather(engine, client, groups).then(
      (material) => setResult({ material }),
      (error: unknown) => setResult({ error: error instanceof Error ? error.message : String(error) }),
    );
  }, [engine, client, groups]);
  return result;
}

function Share({ material }: { readonly material: Material }) {
  const say = useShareWords();
  const paused = useClock()?.paused ?? false;
  const [choice, setChoice] = useState<ShareChoice>({ exact: true, view: true, paused, title: '' });
  const [accepted, setAccepted] = useState(false);
  const made = useLink(material, choice);
  const blocked = material.secrets.length > 0 && !accepted;
  return (
    <>
      <Choices material={material} choice={choice} onChange={setChoice} />
      {blocked ? (
        <Secrets findings={material.secrets} onAccept={() => setAccepted(true)} />
      ) : (
        made && <Made made={made} title={choice.title} say={say} />
      )}
    </>
  );
}

function useLink(material: Material, choice: ShareChoice): MadeLink | undefined {
  const [made, setMade] = useState<MadeLink>();
  useEffect(() => {
    let wanted = true;
    makeLink(material, choice).then(
      (link) => wanted && setMade(link),
      () => wanted && setMade(undefined),
    );
    return () => {
      wanted = false;
    };
  }, [material, choice]);
  return made;
}

interface MadeProps {
  readonly made: MadeLink;
  readonly title: string;
  readonly say: ReturnType<typeof useShareWords>;
}

function Made({ made, title, say }: MadeProps) {
  const save = () => saveText(`${fileNameOf(title)}.podarium.json`, made.text, 'application/json');
  if (made.long) {
    return (
      <div className="share-long">
        <p>{say('tooLong', { count: made.url.length.toLocaleString() })}</p>
        <Button look="main" onClick={save}>
          {say('saveFile')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Copyable label={say('link')} text={made.url} note={say('length', { count: made.url.length.toLocaleString() })} />
      <div className="share-actions">
        <Button onClick={save}>{say('saveFile')}</Button>
      </div>
      <EmbedSnippets url={made.url} title={title} />
    </>
  );
}

function OpenFile() {
  const say = useShareWords();
  const input = useRef<HTMLInputElement>(null);
  const onFile = (file: File | undefined) => {
    if (file) openSharedFile(file).catch((error: unknown) => reportError(error));
  };
  return (
    <div className="share-open">
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={(event) => onFile(event.target.files?.[0])}
      />
      <Button look="plain" onClick={() => input.current?.click()}>
        {say('openFile')}
      </Button>
      <span className="quiet">{say('openFileText')}</span>
      <Button onClick={closeOverlay}>{say('close')}</Button>
    </div>
  );
}
