import type { Deployment } from '#engine/api';

export interface Stage {
  readonly stage: 'broken' | 'mending' | 'mended';
  readonly image: string;
  readonly ready: number;
  readonly wanted: number;
}

/** How far the visitor is, told from the Deployment alone. */
export function stageOf({ metadata, spec, status }: Deployment): Stage {
  const image = spec?.template.spec?.containers[0]?.image ?? '';
  const wanted = spec?.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const facts = { image, ready, wanted };
  if (/ngnix/.test(image)) return { stage: 'broken', ...facts };
  const seen = status?.observedGeneration === metadata.generation;
  const replaced = status?.updatedReplicas === wanted && status?.replicas === wanted;
  return { stage: seen && replaced && ready >= wanted ? 'mended' : 'mending', ...facts };
}
