import { createElement, type ReactNode, useEffect, useState } from 'react';
import { apiVersionOf, type Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { Button, ScrollRegion } from '../../design/index.ts';
import { notify, useWords } from '../../session/index.ts';

/** As `kubectl get -o yaml` prints it: without managed fields. */
export function YamlView({ resource, object }: { readonly resource: Resource; readonly object: KubeObject }) {
  const say = useWords();
  const [text, setText] = useState<string>();
  useEffect(() => {
    let wanted = true;
    const print = async () => {
      const { stringify } = await import('yaml');
      const { managedFields: _, ...metadata } = object.metadata;
      // Items of a list do not say what they are.
      const { apiVersion = apiVersionOf(resource), kind = resource.kind, ...rest }: Partial<KubeObject> = object;
      const whole = { apiVersion, kind, ...rest, metadata };
      if (wanted) setText(stringify(whole, { version: '1.1', lineWidth: 0, indentSeq: false }));
    };
    print().catch((error: unknown) => setText(String(error)));
    return () => {
      wanted = false;
    };
  }, [resource, object]);
  if (text === undefined) return null;
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => notify({ tone: 'good', title: say('copied'), text: '' }),
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  };
  return (
    <div className="source">
      <Button className="source-copy" onClick={copy}>
        {say('copy')}
      </Button>
      <ScrollRegion label={say('yaml')}>{createElement('pre', {}, ...text.split('\n').map(coloured))}</ScrollRegion>
    </div>
  );
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
