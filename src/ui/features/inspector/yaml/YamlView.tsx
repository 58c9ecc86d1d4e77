/** An object as YAML: to read, and to change in place. */
import { createElement, type ReactNode, useEffect, useState } from 'react';
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { useReadOnly } from '../../../cluster/index.ts';
import { Button, ScrollRegion } from '../../../design/index.ts';
import { notify, openFile, useWords } from '../../../session/index.ts';
import { useInspectorWords } from '../words/use-words.ts';
import { YamlEditor } from './YamlEditor.tsx';
import './yaml.css';

interface YamlProps {
  readonly resource: Resource;
  readonly object: KubeObject;
}

export function YamlView({ resource, object }: YamlProps) {
  const say = useInspectorWords();
  const words = useWords();
  const readOnly = useReadOnly();
  const [original, setOriginal] = useState<KubeObject>();
  const [managed, setManaged] = useState(false);
  const secret = resource.plural === 'secrets' && resource.group === '';
  const [revealed, setRevealed] = useState(false);
  const text = useText(resource, object, managed, secret && !revealed);
  if (original) return <YamlEditor resource={resource} original={original} onDone={() => setOriginal(undefined)} />;
  if (text === undefined) return null;
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => notify({ tone: 'good', title: words('copied'), text: '' }),
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  };
  const { kind, metadata } = { kind: resource.kind, metadata: object.metadata };
  const file = `${kind.toLowerCase()}-${metadata.name}.yaml`;
  return (
    <div className="source">
      <div className="field-bar yaml-bar">
        <Button
          look="main"
          disabled={readOnly}
          title={readOnly ? say('readOnly') : say('saveCommand')}
          onClick={() => setOriginal(object)}
        >
          {say('edit')}
        </Button>
        <Button disabled={readOnly} onClick={() => openFile({ name: file, text })}>
          {say('openInEditor')}
        </Button>
        {secret && <Button onClick={() => setRevealed(!revealed)}>{say(revealed ? 'hide' : 'reveal')}</Button>}
        <Button onClick={copy}>{words('copy')}</Button>
        <label className="check">
          <input type="checkbox" checked={managed} onChange={(event) => setManaged(event.target.checked)} />
          {say('managedFields')}
        </label>
      </div>
      <ScrollRegion label={words('yaml')}>{createElement('pre', {}, ...text.split('\n').map(coloured))}</ScrollRegion>
    </div>
  );
}

/** Printed by a library that comes when it is needed. */
function useText(resource: Resource, object: KubeObject, managed: boolean, hidden: boolean): string | undefined {
  const [text, setText] = useState<string>();
  useEffect(() => {
    let wanted = true;
    const print = async () => {
      const { concealed, toText } = await import('./text.ts');
      if (wanted) setText(toText(resource, hidden ? concealed(object) : object, managed));
    };
    print().catch((error: unknown) => setText(String(error)));
    return () => {
      wanted = false;
    };
  }, [resource, object, managed, hidden]);
  return text;
}

/** A line with its key in colour. */
function coloured(text: string): ReactNode {
  const match = /^(\s*(?:- )*)([^\s:#"'][^:]*|"[^"]*"):(?=\s|$)(.*)$/.exec(text);
  if (!match) return `${text}\n`;
  return (
    <>
      {match[1]}
      <span className="yaml-key">{match[2]}</span>:{match[3]}
      {'\n'}
    </>
  );
}
