/** Container images: the catalogue and the registry that serves it. What their executables do is behind `#engine/userland/programs`. */
export { createImageRegistry, type ImageRegistryOptions, suggestImage } from './images/registry.ts';
export { type ScriptedImage, scriptedImage } from './images/scripted.ts';
