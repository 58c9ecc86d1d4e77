/** What the map offers to do with an object: everything is a command or an action that other panes know too. */
import { resourceForKind } from '#engine/api';
import { type ObjectReference, openFaults, openTerminal, select, typeInTerminal } from '../../session/index.ts';
import type { Ref } from './graph/sources.ts';
import type { ObjectAction } from './object-menu.tsx';
import type { Words } from './words.ts';

/** The object as the session names it; undefined for kinds that the engine does not serve. */
export function referenceOf({ apiVersion, kind, namespace, name }: Ref): ObjectReference | undefined {
  const resource = resourceForKind(apiVersion, kind);
  return resource && { resource, name, ...(namespace && { namespace }) };
}

const inNamespace = ({ namespace }: Ref): string => (namespace && namespace !== 'default' ? ` -n ${namespace}` : '');

/**
 * @param readOnly the page shows the past: nothing can be changed
 * @param shell whether there is a terminal to type in, and an engine that breaks things
 */
export function actionsOf(ref: Ref, words: Words, readOnly: boolean, shell: boolean): readonly ObjectAction[] {
  const reference = referenceOf(ref);
  if (!reference) return [];
  const kind = ref.kind.toLowerCase();
  const where = inNamespace(ref);
  const unless = readOnly ? words.menu.past : shell ? undefined : words.menu.noShell;
  const line = (id: string, text: string, run: (line: string) => void): ObjectAction => ({
    id,
    label: words.menu[id as 'logs'],
    line: text,
    unless,
    run: () => run(text),
  });
  const actions: ObjectAction[] = [{ id: 'inspect', label: words.menu.inspect, run: () => select(reference) }];
  actions.push(line('describe', `kubectl describe ${kind} ${ref.name}${where}`, typeInTerminal));
  if (ref.kind === 'Pod') {
    actions.push(line('logs', `kubectl logs -f ${ref.name}${where}`, openTerminal));
    actions.push(line('shell', `kubectl exec -it ${ref.name}${where} -- sh`, openTerminal));
  }
  if (ref.kind === 'Node') actions.push(line('drain', `kubectl drain ${ref.name} --ignore-daemonsets`, typeInTerminal));
  actions.push({ id: 'faults', label: words.menu.faults, unless, run: () => openFaults(reference) });
  if (ref.kind !== 'Node') {
    const remove = line('delete', `kubectl delete ${kind} ${ref.name}${where}`, typeInTerminal);
    actions.push({ ...remove, again: words.menu.really });
  }
  return actions;
}
