/** Images made of data, as lessons define them. */
import { type Image, normalizeReference } from '#engine/os';
import type { Millis } from '#engine/sim';
import { alpineLayers } from './base.ts';
import { buildImage, command, layer, text } from './build.ts';

/** Where the script lies in the image. */
export const SCRIPT_PATH = '/etc/podarium/script.json';

export interface ScriptedCurvePoint {
  readonly atMs: Millis;
  readonly value: number;
}

export interface ScriptedImage {
  /** Until its ports are open. */
  readonly startMs: Millis;
  /** Answers by port and path. */
  readonly serves: {
    readonly [port: string]: {
      readonly [path: string]: {
        readonly status: number;
        readonly text: string;
        /** 503 before this age. */
        readonly afterMs: Millis;
        readonly latencyMs: Millis;
      };
    };
  };
  /** bytes */
  readonly memory: readonly ScriptedCurvePoint[];
  /** milliseconds of CPU per second */
  readonly cpu: readonly ScriptedCurvePoint[];
  readonly exit?: { readonly afterMs: Millis; readonly code: number };
  readonly log: readonly string[];
}

/** An image that runs its script. Throws InvalidReference. */
export function scriptedImage(reference: string, script: ScriptedImage): Image {
  const { name, tag = 'latest' } = normalizeReference(reference);
  const own = layer(`${name} ${tag} script`, 9, () => [
    command('/usr/local/bin/server', 'scripted'),
    text(SCRIPT_PATH, JSON.stringify(script)),
  ]);
  const config = {
    entrypoint: ['/usr/local/bin/server'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    exposedPorts: Object.keys(script.serves).map((port) => `${port}/tcp`),
  };
  return buildImage({ name, version: tag, layers: [...alpineLayers('3.22.2'), own], config }, tag);
}
