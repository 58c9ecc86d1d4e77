/** Explanations, asked for again while the object changes and time goes on. */
import { useEffect, useRef, useState } from 'react';
import type { Subject } from '../../../../workers/protocol.ts';
import { useEngine } from '../../../cluster/index.ts';
import { type ObjectReference, useSession } from '../../../session/index.ts';

const EVERY_MS = 1500;

/** What may be sent to the worker: a served resource has more than is needed. */
function subjectOf({ resource, namespace, name }: ObjectReference): Subject {
  const { group, version, plural, singular, kind, namespaced } = resource;
  return {
    resource: { group, version, plural, singular, kind, namespaced },
    ...(namespace !== undefined && { namespace }),
    name,
  };
}

type Api = ReturnType<typeof useEngine>['api'];

/**
 * The newest answer; the one before stays until then.
 * @param version changes with the object
 */
export function useExplanation<T>(
  reference: ObjectReference,
  version: string | undefined,
  ask: (api: Api, subject: Subject, at: number | undefined) => Promise<T>,
): { readonly answer: T | undefined; readonly error: string | undefined } {
  const { api, ready } = useEngine();
  const instant = useSession((session) => session.instant);
  const [state, setState] = useState<{
    readonly answer?: T;
    readonly error?: string;
    readonly of?: string | undefined;
  }>({});
  const asked = useRef(ask);
  asked.current = ask;
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const subject = subjectOf(reference);
    const again = async () => {
      try {
        await ready;
        const answer = await asked.current(api, subject, instant);
        if (wanted) setState((before) => (same(before.answer, answer) ? before : { answer, of: version }));
      } catch (error) {
        if (wanted) setState({ error: String(error) });
      }
      // The past does not change.
      if (wanted && instant === undefined) timer = setTimeout(again, document.hidden ? 5 * EVERY_MS : EVERY_MS);
    };
    again().catch(() => undefined);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, ready, reference, version, instant]);
  return { answer: state.answer, error: state.error };
}

const same = (a: unknown, b: unknown): boolean => a !== undefined && JSON.stringify(a) === JSON.stringify(b);
