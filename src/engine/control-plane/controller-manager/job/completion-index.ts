/** The place of a Pod in an Indexed Job. @upstream pkg/controller/job/indexed_job_utils.go */
import type { Container, Job, Pod, PodSpec, PodTemplateSpec } from '#engine/api';

/** An annotation and a label of the same name. */
const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
const VARIABLE = 'JOB_COMPLETION_INDEX';
const MAX_GENERATED_NAME = 58;

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';

/** Undefined for a Pod that has none. */
export function completionIndexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The index when it is one of the Job's. */
export function validIndexOf(pod: Pod, { spec }: Job): number | undefined {
  const index = completionIndexOf(pod);
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined;
}

export const indexesOf = (pods: readonly Pod[]): ReadonlySet<number> =>
  new Set(pods.map(completionIndexOf).filter((index) => index !== undefined));

function withVariable<C extends Container>(container: C): C {
  const { env = [] } = container;
  if (env.some(({ name }) => name === VARIABLE)) return container;
  const valueFrom = { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } };
  return { ...container, env: [...env, { name: VARIABLE, valueFrom }] };
}

/** The template whose containers are told their index. */
export function withIndexVariable(template: PodTemplateSpec): PodTemplateSpec {
  const { spec } = template;
  if (!spec) return template;
  const { containers, initContainers } = spec;
  const next: PodSpec = {
    ...spec,
    ...(initContainers && { initContainers: initContainers.map(withVariable) }),
    containers: (containers ?? []).map(withVariable),
  };
  return { ...template, spec: next };
}

/** The template of the Pod with that index, and what its name begins with. */
export function indexedTemplate(
  template: PodTemplateSpec,
  job: Job,
  index: number,
  annotations: { readonly [key: string]: string },
): { readonly template: PodTemplateSpec; readonly generateName: string } {
  const { metadata, spec } = template;
  const text = String(index);
  const suffix = `-${text}-`;
  return {
    template: {
      ...template,
      metadata: {
        ...metadata,
        labels: { ...metadata?.labels, [COMPLETION_INDEX]: text },
        annotations: { ...metadata?.annotations, [COMPLETION_INDEX]: text, ...annotations },
      },
      spec: { ...(spec as PodSpec), hostname: `${job.metadata.name}-${text}` },
    },
    generateName: `${job.metadata.name.slice(0, MAX_GENERATED_NAME - suffix.length)}${suffix}`,
  };
}
