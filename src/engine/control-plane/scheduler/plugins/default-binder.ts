/** Bind: POSTs a Binding for the Pod. */
import type { Plugin, PluginHandle } from '../framework/plugin.ts';

/**
 * @upstream pkg/scheduler/framework/plugins/defaultbinder/default_binder.go
 * @fidelity full
 */
export const createDefaultBinder = (handle: PluginHandle): Plugin => ({
  name: 'DefaultBinder',
  bind: (_state, pod, nodeName) => handle.bind(pod, nodeName),
});
